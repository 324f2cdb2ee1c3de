import { mayHoldAddress } from '../schemas/receipt';
import type { KeptReceipt } from './contract';
import type { Seal } from './seal';

/** As it goes into the store: sealed where it may hold an address, else as the text that it is. */
export function closeReceipt(seal: Seal, receipt: string): Buffer | string {
  return mayHoldAddress(receipt) ? seal.sealReceipt(receipt) : receipt;
}

export function openReceipt(seal: Seal, kept: Buffer | string): string {
  return typeof kept === 'string' ? kept : seal.open(kept);
}

/** The oldest first: of one moment, as they stood in the log. */
export function inOrderTaken(a: KeptReceipt, b: KeptReceipt): number {
  return a.takenAt - b.takenAt || positionIn(a.id) - positionIn(b.id);
}

function positionIn(id: string): number {
  return Number(id.slice(id.lastIndexOf('/') + 1));
}
