import type { ReceiptInput } from '../core/input';
import type { Receipt } from '../schemas/receipt';
import type { InvocationIndex } from '../store/contract';
import type { References } from './contract';

export type Resolution =
  | { kind: 'resolved'; invocationId: string; input: ReceiptInput }
  /** No run is known by the message it names, or not yet. */
  | { kind: 'unknown' }
  | { kind: 'forged' };

/**
 * Finds the attempt that a receipt speaks of: by its reference, by invocation and step, or by the message's ID. Only the
 * last has to be looked up; the others are known at once, so that the engine has them in the same turn.
 */
export function resolve(
  receipt: Receipt,
  references: References,
  index: InvocationIndex,
): Resolution | Promise<Resolution> {
  if (receipt.ref !== undefined) {
    const ref = references.verify(receipt.ref);
    return ref ? resolved(receipt, ref.invocationId, ref.step, ref.attempt) : { kind: 'forged' };
  }
  if (receipt.invocationId !== undefined && receipt.step !== undefined) {
    return resolved(receipt, receipt.invocationId, receipt.step, receipt.attempt ?? null);
  }
  if (!receipt.provider || !receipt.providerMessageId) return { kind: 'unknown' };
  return lookUp(receipt, receipt.provider, receipt.providerMessageId, index);
}

async function lookUp(
  receipt: Receipt,
  provider: string,
  providerMessageId: string,
  index: InvocationIndex,
): Promise<Resolution> {
  const found = await index.findMessage(provider, providerMessageId);
  return found ? resolved(receipt, found.invocationId, found.step, found.attempt) : { kind: 'unknown' };
}

function resolved(receipt: Receipt, invocationId: string, step: string | number, attempt: number | null): Resolution {
  const input: ReceiptInput = {
    type: 'ReceiptArrived',
    step,
    attempt,
    status: receipt.status,
    reason: receipt.reason ?? null,
    code: receipt.code ?? null,
    at: receipt.at === undefined ? null : Date.parse(receipt.at),
    providerMessageId: receipt.providerMessageId ?? null,
    costMicros: receipt.costMicros ?? null,
  };
  return { kind: 'resolved', invocationId, input };
}
