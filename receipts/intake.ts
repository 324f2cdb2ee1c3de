import { type Log, LogUnavailable } from '../log/contract';
import type { Receipt } from '../schemas/receipt';
import { ForgedReference, type ReceiptIntake, type References } from './contract';

export interface IntakeDeps {
  log: Pick<Log, 'append'>;
  /** On this machine; null where the log itself is. */
  spool: Pick<Log, 'append'> | null;
  references: References;
  /** Milliseconds since 1970. */
  clock(): number;
}

/** Writes receipts to the log, keyed by their invocation where they name one, and only then lets them be acknowledged. */
export function createIntake({ log, spool, references, clock }: IntakeDeps): ReceiptIntake {
  return {
    async accept(receipts, orElse) {
      const keys = receipts.map((receipt) => keyOf(receipt, references));
      const forged = keys.flatMap((key, index) => (key === null ? [index] : []));
      const [first] = forged;
      if (first !== undefined) throw new ForgedReference(first, forged);
      const records = receipts.map((receipt, index) => {
        const key = keys[index] ?? '';
        // Without a time of the provider's own, ours at arrival: it must be the same when the record comes again.
        const at = receipt.at ?? new Date(clock()).toISOString();
        return { key, value: JSON.stringify({ ...receipt, at }) };
      });
      try {
        await log.append('onward.receipts', records);
      } catch (error) {
        if (!spool || orElse !== 'spool' || !(error instanceof LogUnavailable)) throw error;
        await spool.append('onward.receipts', records);
      }
    },
  };
}

function keyOf(receipt: Receipt, references: References): string | null {
  if (receipt.ref !== undefined) return references.verify(receipt.ref)?.invocationId ?? null;
  return receipt.invocationId ?? `${receipt.provider}:${receipt.providerMessageId}`;
}
