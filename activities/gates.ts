import type { SendRung } from '../core/ladder';
import { readPhone } from '../core/phone';
import type { Channel, Reason } from '../schemas/vocabulary';
import type { InvocationRecord, Store } from '../store/contract';

/** What is asked before a send; quiet hours and the budget are the core's. */
export interface GateStores {
  consents: Store['consents'];
  suppressions: Store['suppressions'];
}

/** The reason that holds a message back, or null. `address` is empty for a channel that needs none. */
export async function gate(
  stores: GateStores,
  record: InvocationRecord,
  rung: SendRung,
  flow: { requireConsent: boolean; purpose: string },
  address: string,
): Promise<Reason | null> {
  if (record.mode === 'live' && BY_TELEPHONE.has(rung.channel)) {
    const unreachable = judgeNumber(address);
    if (unreachable) return unreachable;
  }
  if (address !== '') {
    const suppressed = await stores.suppressions.find(record.mode, rung.channel, address);
    if (suppressed) return 'suppressed';
  }
  if (!flow.requireConsent) return null;
  // A consent stands under the recipient's own ID, or, for one without, under the address.
  const granted = await stores.consents.find(record.mode, record.recipient.id ?? address, flow.purpose, rung.channel);
  return granted === true ? null : 'no_consent';
}

/** What a telephone itself receives. WhatsApp may be registered on a landline, so that its own word is waited for. */
const BY_TELEPHONE: ReadonlySet<Channel> = new Set<Channel>(['sms', 'lms', 'xms', 'rcs']);

/** What surely reaches nobody and may be billed all the same; where the country's plan does not tell, it is sent. */
function judgeNumber(address: string): Reason | null {
  const reading = readPhone(address);
  if (!reading.ok || reading.kind === 'premium') return 'invalid_address';
  return reading.kind === 'landline' ? 'landline' : null;
}
