import type { Activities } from '../activities/contract';
import { sendOutcomeOf } from '../core/send-outcome';
import { writeTraceparent } from '../schemas/traceparent';
import type { InvocationRecord } from '../store/contract';
import type { ArrivedReceipt, CallbackAnswer, RunTracing, TracedCallback } from './contract';
import type { FinishedSpan } from './finished-span';
import { freshSpanId, type RunPlace, runPlace } from './run-places';
import { callbackSpan, receiptSpan, runSpans, type SendOutcome, sendSpan } from './span-shapes';

export interface RunTracingDeps {
  /** A run's record, in which its trace stands. */
  recordOf(invocationId: string): Promise<Pick<InvocationRecord, 'traceparent' | 'workflowId'> | null>;
  /** The runs, and what they send, are told of by an engine elsewhere. */
  elsewhere: boolean;
  /** Milliseconds since 1970. */
  clock(): number;
  onFault(message: string, error: unknown): void;
  tell(span: FinishedSpan): void;
}

type SpansIn = (place: RunPlace) => FinishedSpan[] | Promise<FinishedSpan[]>;

/** The work is never kept waiting: it is done first, and its span told when it is over. */
export function traceRuns(deps: RunTracingDeps): RunTracing {
  const { clock, elsewhere, onFault } = deps;
  const underWay = new Set<Promise<void>>();
  const placeOf = async (id: string) => runPlace(id, await deps.recordOf(id), elsewhere);
  const tellIn = async (invocationId: string, spansIn: SpansIn) => {
    const place = await placeOf(invocationId);
    for (const span of place ? await spansIn(place) : []) deps.tell(span);
  };
  const afterwards = (invocationId: string, spansIn: SpansIn) => {
    const telling = tellIn(invocationId, spansIn)
      .catch((error) => onFault('a span could not be told', error))
      .finally(() => underWay.delete(telling));
    underWay.add(telling);
  };

  return {
    traced: (activities) => ({ ...activities, send: tracedSend(activities, clock, afterwards) }),
    async receipt(arrived: ArrivedReceipt, handOver) {
      const startedAt = clock();
      const outcome = await handOver();
      const took = { startedAt, endedAt: clock() };
      // One that nobody knows yet comes again.
      if (outcome === 'taken') {
        afterwards(arrived.invocationId, (place) => [receiptSpan(place, arrived, took, !elsewhere)]);
      }
      return outcome;
    },
    ended({ invocationId, state, history }) {
      afterwards(invocationId, async (place) => runSpans(place, state, await history()));
    },
    async callback<A extends CallbackAnswer>(of: TracedCallback, make: (traceparent: string | null) => Promise<A>) {
      const place = of.invocationId === '' ? null : await placeOf(of.invocationId).catch(() => null);
      if (!place) return make(null);
      const spanId = freshSpanId();
      const startedAt = clock();
      const answer = await make(writeTraceparent({ ...place.run, spanId }));
      deps.tell(callbackSpan(place, spanId, of, answer, { startedAt, endedAt: clock() }));
      return answer;
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}

function tracedSend(
  activities: Activities,
  clock: () => number,
  afterwards: (invocationId: string, spansIn: SpansIn) => void,
): Activities['send'] {
  return async (job, options) => {
    const of: SendOutcome = { startedAt: clock(), endedAt: 0, outcome: null, reason: null, error: null };
    try {
      const input = await activities.send(job, options);
      of.outcome = sendOutcomeOf({ input });
      of.reason = 'reason' in input ? input.reason : null;
      return input;
    } catch (error) {
      of.error = error instanceof Error ? error.name : typeof error;
      throw error;
    } finally {
      of.endedAt = clock();
      afterwards(job.invocationId, (place) => [sendSpan(place, job, of)]);
    }
  };
}
