import { createHash, randomBytes } from 'node:crypto';
import { isSampled, readTraceparent, type SpanPlace } from '../schemas/traceparent';
import type { InvocationRecord } from '../store/contract';
import type { SpanAttributes } from './finished-span';

const SPAN_ID_BYTES = 8;

/** Where the spans of one run belong. */
export interface RunPlace {
  invocationId: string;
  /** The span in which it was begun. */
  root: SpanPlace;
  /** The run's own span. */
  run: SpanPlace;
  attributes: SpanAttributes;
}

/**
 * Null for a run that nobody records.
 * @param elsewhere the runs' spans are told by an engine that names them in its own way: ours stand beside them
 */
export function runPlace(
  invocationId: string,
  record: Pick<InvocationRecord, 'traceparent' | 'workflowId'> | null,
  elsewhere: boolean,
): RunPlace | null {
  const root = record?.traceparent === undefined ? null : readTraceparent(record.traceparent);
  if (!record || !root || !isSampled(root)) return null;
  const run = elsewhere ? root : { ...root, spanId: spanIdOf(invocationId) };
  const attributes = { 'onward.invocation_id': invocationId, 'onward.workflow_id': record.workflowId };
  return { invocationId, root, run, attributes };
}

/** The same in every process and after each restart, so that whoever goes on with the run knows it. */
export function spanIdOf(name: string): string {
  return createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, 2 * SPAN_ID_BYTES);
}

export function freshSpanId(): string {
  return randomBytes(SPAN_ID_BYTES).toString('hex');
}
