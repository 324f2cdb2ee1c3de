import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ClientInterceptors, WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks, WorkerInterceptors } from '@temporalio/worker';
import { loadLadder } from '../core/ladder-json';
import { sendOutcomeOf } from '../core/send-outcome';
import { readTraceparent } from '../schemas/traceparent';
import { contextOf, type FinishedSpan } from '../tracing/finished-span';
import type { OpenTracing } from '../tracing/open';
import { spanIdOf } from '../tracing/run-places';
import { decisionsOf, waitsOf } from '../tracing/run-spans';
import { waitSpan } from '../tracing/span-shapes';
import type { InvocationInput } from '../workflows/contract';
import {
  attributesOfJob,
  attributesOfRun,
  errorType,
  readTrace,
  type TraceContext,
  withTrace,
  workflowIdOf,
} from '../workflows/trace-context';
import type { TraceSinks, WorkflowSpan } from '../workflows/tracing';

/** Tracing as the client and the worker take it. */
export interface TemporalTracing {
  client: ClientInterceptors;
  interceptors: WorkerInterceptors;
  sinks: InjectedSinks<TraceSinks>;
  /** Starts a workflow in the trace of whoever asked for it; null: in none. */
  under<T>(traceparent: string | null, start: () => Promise<T>): Promise<T>;
}

/** What goes on in Temporal, in the trace that a workflow's start carries. */
export function traceTemporal(tracing: OpenTracing): TemporalTracing {
  const asking = new AsyncLocalStorage<string | null>();
  return {
    client: { workflow: [startingRuns(tracing, () => asking.getStore())] },
    interceptors: { activity: [runningActivities(tracing)] },
    sinks: {
      trace: {
        ended: {
          fn(_, span) {
            for (const one of spansOf(span)) tracing.tell(one);
          },
          callDuringReplay: false,
        },
      },
    },
    under: (traceparent, start) => asking.run(traceparent, start),
  };
}

/** @param asker undefined: nobody says whose trace it is, and it has one of its own */
function startingRuns({ tracer }: OpenTracing, asker: () => string | null | undefined): WorkflowClientInterceptor {
  return {
    startWithDetails(input, next) {
      const traceparent = asker();
      if (traceparent === null) return next(input);
      const { workflowId: invocationId, args } = input.options;
      const workflowId = workflowIdOf(args);
      const attributes = attributesOfRun(invocationId, workflowId);
      const place = traceparent === undefined ? null : readTraceparent(traceparent);
      const parent = place ? trace.setSpanContext(ROOT_CONTEXT, contextOf(place, null)) : context.active();
      const span = tracer.startSpan(
        `StartWorkflow:${input.workflowType}`,
        { kind: SpanKind.PRODUCER, attributes },
        parent,
      );
      const headers = withTrace(input.headers, traceContextOf(span, workflowId));
      return within(span, parent, () => next({ ...input, headers }));
    },
  };
}

function runningActivities({ tracer }: OpenTracing): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute(input, next) {
        const caller = readTrace(input.headers);
        if (!caller) return next(input);
        const attributes = {
          ...attributesOfRun(info.workflowExecution?.workflowId ?? info.activityId, caller.workflowId),
          ...attributesOfJob(input.args),
          // Of Temporal, which calls an activity again; the step's own attempt is another.
          'temporal.activity_attempt': info.attempt,
        };
        const parent = contextUnder(caller);
        const span = tracer.startSpan(
          `RunActivity:${info.activityType}`,
          { kind: SpanKind.CONSUMER, attributes },
          parent,
        );
        return within(span, parent, async () => {
          const answer = await next(input);
          const outcome = sendOutcomeOf(answer);
          if (outcome) span.setAttribute('onward.outcome', outcome);
          return answer;
        });
      },
    },
  });
}

async function within<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    // Not what it says: that may hold what the provider was asked.
    span.setAttribute('error.type', errorType(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function traceContextOf(span: Span, workflowId: string | null): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return { traceId, spanId, flags: traceFlags, state: traceState?.serialize() ?? null, workflowId };
}

function contextUnder(caller: TraceContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...contextOf(caller, caller.state), isRemote: true });
}

/** A span of the workflow; of the run's own, its decisions and its waits too. */
function spansOf({ context: place, decided, ...span }: WorkflowSpan): FinishedSpan[] {
  const { state: traceState } = place;
  const events = decided?.events ?? [];
  const told: FinishedSpan = { ...span, place, traceState, events: decisionsOf(events) };
  if (!decided || events.length === 0) return [told];
  const { ladder } = decided.input as InvocationInput;
  const waits = waitsOf(events, loadLadder(ladder)).map((wait) => {
    const at = { ...place, spanId: spanIdOf(`${place.spanId}/wait/${wait.step}/${wait.attempt}`) };
    return { ...waitSpan(wait, at, place.spanId, span.attributes), traceState };
  });
  return [...waits, told];
}
