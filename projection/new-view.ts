import type { State } from '../core/state';
import type { EventRecord } from '../schemas/event';
import type { Recipient } from '../schemas/invocation';
import type { InvocationRecord, NewView } from '../store/contract';

/** What the read model keeps of a new run. @param record null once the person was erased: the run still counts */
export function newViewOf(
  event: EventRecord,
  state: State,
  record: InvocationRecord | null,
  hash: (address: string) => string,
): NewView {
  return {
    id: event.invocationId,
    flowId: event.flowId,
    workflowId: event.workflowId,
    flowVersion: event.flowVersion,
    mode: event.mode,
    keyId: record?.keyId ?? '',
    externalId: record?.externalId ?? null,
    createdAt: record?.createdAt ?? state.startedAt,
    addressHashes: record ? searchableBy(record.recipient).map(hash) : [],
  };
}

function searchableBy({ phone, email, id }: Recipient): string[] {
  return [phone, email, id].filter((address) => address !== undefined);
}
