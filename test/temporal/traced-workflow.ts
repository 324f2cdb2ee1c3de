import {
  CancellationScope,
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';

/** A run in small, which notices whether anything comes a microtask later than without tracing. */
export interface SmallInput {
  ladder: { workflowId: string };
}
export interface SmallJob {
  attempt: number;
  rung: { name: string; channel: string; address: string };
  route: { provider: string };
}
export interface SmallActivities {
  send(job: SmallJob): Promise<{ input: { type: string } }>;
  fail(job: SmallJob): Promise<void>;
  note(): Promise<void>;
  never(): Promise<void>;
}

const world = { startToCloseTimeout: '5s', retry: { maximumAttempts: 1 } } as const;
const { send, never } = proxyActivities<SmallActivities>(world);
const { note } = proxyLocalActivities<SmallActivities>(world);

export async function traced(_input: SmallInput): Promise<void> {
  let receipts = 0;
  setHandler(defineSignal('receipt'), () => void receipts++);
  const rung = { name: 'first', channel: 'sms', address: '+393351234567' };
  const route = { provider: 'sandbox' };
  await send({ attempt: 1, rung, route });
  await note();
  await condition(() => receipts > 0);
  // An ID that is another on replay is a history that does not fit.
  const { fail } = proxyActivities<SmallActivities>({ ...world, activityId: `after ${await microtasksOfOne()}` });
  await fail({ attempt: 2, rung, route }).catch(() => {});
}

/** How long an activity takes that is refused at once, its scope being cancelled: microtasks, and nothing else. */
async function microtasksOfOne(): Promise<number> {
  const scope = new CancellationScope();
  scope.cancel();
  let over = false;
  scope
    .run(() => never())
    .catch(() => {
      over = true;
    });
  let count = 0;
  while (!over) {
    await null;
    count++;
  }
  return count;
}
