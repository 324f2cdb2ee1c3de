import { mayHoldAddress } from '../../schemas/receipt';
import type { Topic } from '../../schemas/vocabulary';
import { bytesOf } from '../../sqlite/blob';
import type { SqlValue } from '../../sqlite/open';

/** Keeps what may hold an address unreadable in the file: store/seal.ts. */
export interface Envelope {
  seal(plain: string): Buffer;
  open(sealed: Buffer): string;
}

/** A value as it goes into the file: as bytes where it is sealed, else as the text that it is. */
export function closed(envelope: Envelope | undefined, topic: Topic, value: string): SqlValue {
  if (!envelope) return value;
  switch (topic) {
    case 'onward.events':
      return value;
    case 'onward.receipts':
      return mayHoldAddress(value) ? envelope.seal(value) : value;
    case 'onward.receipts.dead':
      // What came in it may be anything.
      return envelope.seal(value);
  }
}

/** The value again. @throws where it is sealed and there is no envelope */
export function opened(envelope: Envelope | undefined, value: string | Buffer | ArrayBuffer): string {
  if (typeof value === 'string') return value;
  if (!envelope) throw new Error('a sealed record is read by somebody who has no seal');
  return envelope.open(bytesOf(value));
}
