import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { PeerActivities } from './contract';

const { send } = proxyActivities<PeerActivities>({ startToCloseTimeout: '10s' });
const receipt = defineSignal<[{ status: string }]>('receipt');

/** The least that sends and waits for a receipt, as one would write it by hand; with more steps, the least that falls back. */
export async function peer(steps: { timeout: '30s' | '1s'; receiptAfterMs: number | null }[]): Promise<string> {
  let delivered = false;
  setHandler(receipt, ({ status }) => {
    delivered = status === 'delivered';
  });
  for (const { timeout, receiptAfterMs } of steps) {
    await send({ phone: '+393351234567', code: '493021', receiptAfterMs });
    if (await condition(() => delivered, timeout)) return 'succeeded';
  }
  return 'failed';
}
