import type { SendRung } from '../core/ladder';
import type { Reason } from '../schemas/vocabulary';
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
  if (address !== '') {
    const suppressed = await stores.suppressions.find(record.mode, rung.channel, address);
    if (suppressed) return 'suppressed';
  }
  if (!flow.requireConsent) return null;
  // A consent stands under the recipient's own ID, or, for one without, under the address.
  const granted = await stores.consents.find(record.mode, record.recipient.id ?? address, flow.purpose, rung.channel);
  return granted === true ? null : 'no_consent';
}
