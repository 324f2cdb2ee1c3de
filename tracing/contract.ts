import type { IncomingHttpHeaders } from 'node:http';
import type { Activities } from '../activities/contract';
import type { Event } from '../core/event';
import type { ReceiptInput } from '../core/input';
import type { State } from '../core/state';

/**
 * What the rooms know of tracing. Where traces go nowhere there is neither of the two, so that nobody pays for them.
 * Nothing here rejects or throws for its own sake, keeps anybody waiting, or is told an address, a variable or a text.
 */

/** A process's own: what comes in by HTTP. */
export interface RequestTracing {
  /** A request that has come in, until `ended`. Its span goes on with the caller's trace where `known` says so. */
  request(incoming: IncomingRequest): RequestTrace;
}

export interface IncomingRequest {
  method: string;
  /** The route's path with its parameters in braces: the path as it came may hold a secret. */
  route: string;
  headers: IncomingHttpHeaders;
  /** The route needs a key. What anybody may call does not decide what we record. */
  known: boolean;
}

export interface RequestTrace {
  /** Where what is done for this request belongs, as W3C's `traceparent`; null where nobody records it. */
  readonly traceparent: string | null;
  /** For lines of log; null where nobody records it. */
  readonly ids: { trace_id: string; span_id: string } | null;
  /** The run that it is about. */
  about(invocationId: string, workflowId: string): void;
  /** One run of many in this request, in a trace of its own that is linked to it. */
  part(): RequestTrace;
  /** @param status null: there was no answer. Counts once. */
  ended(status: number | null): void;
}

/** What happens to the runs, each in the trace that stands in its record; for one without, nothing is told. */
export interface RunTracing {
  /** The same activities, each send told of as a span. */
  traced(activities: Activities): Activities;
  /** A receipt that is handed to the engine at once, and told of afterwards. */
  receipt(arrived: ArrivedReceipt, handOver: () => Promise<'taken' | 'unknown'>): Promise<'taken' | 'unknown'>;
  /** A run has ended, durably: its span, with what was decided, and the waits for receipts. */
  ended(run: EndedRun): void;
  /** An attempt at a callback. `make` is given the `traceparent` header to send with it, null for none. */
  callback<A extends CallbackAnswer>(of: TracedCallback, make: (traceparent: string | null) => Promise<A>): Promise<A>;
  /** Resolves once all that was told until now is in the queue of what is sent. */
  settled(): Promise<void>;
}

export interface ArrivedReceipt {
  invocationId: string;
  input: ReceiptInput;
  /** Of the request by which it came. */
  traceparent: string | undefined;
}

export interface EndedRun {
  invocationId: string;
  state: State;
  /** Its events up to now, in order. */
  history(): Promise<readonly Event[]>;
}

export interface TracedCallback {
  /** '' for a callback that is of no run: then it has no span. */
  invocationId: string;
  /** The callback's own. */
  type: string;
  profileId: string;
  deliveryId: string;
  /** From 1. */
  attempt: number;
}

/** What is looked at of a callback's answer. */
export interface CallbackAnswer {
  responseCode: number | null;
  error: string | null;
}
