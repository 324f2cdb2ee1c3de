import {
  ContinueAsNew,
  isCancellation,
  proxySinks,
  type Sinks,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import type { Event } from '../core/event';
import { hearDecisions } from './decisions';
import {
  attributesOfJob,
  attributesOfRun,
  errorType,
  readTrace,
  type SpanAttributes,
  type TraceContext,
  withTrace,
  workflowIdOf,
} from './trace-context';

/** A span of a workflow, as it leaves the sandbox once it has ended. Times are milliseconds since 1970. */
export interface WorkflowSpan {
  name: string;
  kind: 'consumer' | 'producer' | 'internal';
  context: TraceContext;
  parentSpanId: string;
  startedAt: number;
  endedAt: number;
  attributes: SpanAttributes;
  /** The kind of error that it ended with. */
  error: string | null;
  /** Of a run's own span: what was decided in it, and the input (InvocationInput) that it went by. */
  decided?: { events: readonly Event[]; input: unknown };
}

export interface TraceSinks extends Sinks {
  trace: { ended(span: WorkflowSpan): void };
}

const { trace } = proxySinks<TraceSinks>();

/**
 * Traces a run whose start carries a trace context, and leaves any other alone: a module of the one workflow bundle.
 *
 * It watches, and takes no part: promises are handed on as they came, and span IDs are derived from the run's ID, so
 * that not a microtask and not a random number comes to differ. A history recorded without tracing replays with it, and
 * the other way round, which Temporal's own interceptors, awaiting everything once more, do not promise.
 */
export function interceptors(): WorkflowInterceptors {
  let run: TraceContext | null = null;
  let signals = 0;

  const activity = <I extends ActivityCall>(input: I, next: (input: I) => Promise<unknown>): Promise<unknown> => {
    if (!run) return next(input);
    const span = begin(run, `activity/${input.seq}`, {
      name: `StartActivity:${input.activityType}`,
      kind: 'producer',
      attributes: attributesOfJob(input.args),
    });
    return watch(span, next({ ...input, headers: withTrace(input.headers, span.context) }));
  };
  return {
    inbound: [
      {
        execute(input, next) {
          const caller = readTrace(input.headers);
          if (!caller) return next(input);
          const workflowId = workflowIdOf(input.args);
          const name = `RunWorkflow:${workflowInfo().workflowType}`;
          const span = begin({ ...caller, workflowId }, 'run', { name, kind: 'consumer', attributes: {} });
          run = span.context;
          return watch(withDecisions(span, input.args), next(input));
        },
        handleSignal(input, next) {
          if (!run) return next(input);
          // Signals come by calls that carry no context: they belong to the run.
          const name = `HandleSignal:${input.signalName}`;
          return watch(begin(run, `signal/${signals++}`, { name, kind: 'internal', attributes: {} }), next(input));
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: activity,
        scheduleLocalActivity: activity,
        continueAsNew: (input, next) => next(run ? { ...input, headers: withTrace(input.headers, run) } : input),
      },
    ],
  };
}

interface ActivityCall {
  readonly activityType: string;
  readonly args: unknown[];
  readonly seq: number;
  readonly headers: Parameters<typeof withTrace>[0];
}

type OpenSpan = Omit<WorkflowSpan, 'endedAt' | 'error'>;

function begin(
  parent: TraceContext,
  place: string,
  what: Pick<WorkflowSpan, 'name' | 'kind' | 'attributes'>,
): OpenSpan {
  const { workflowId: invocationId, runId } = workflowInfo();
  return {
    ...what,
    context: { ...parent, spanId: spanIdOf(`${runId}/${place}`) },
    parentSpanId: parent.spanId,
    startedAt: Date.now(),
    attributes: { ...attributesOfRun(invocationId, parent.workflowId), ...what.attributes },
  };
}

function withDecisions(span: OpenSpan, [input]: readonly unknown[]): OpenSpan {
  if (typeof input !== 'object' || input === null) return span;
  const events: Event[] = [];
  hearDecisions(input, (decided) => void events.push(...decided));
  return { ...span, decided: { events, input } };
}

/** The very promise that it was given. */
function watch<T>(span: OpenSpan, outcome: Promise<T>): Promise<T> {
  outcome.then(
    () => end(span, null),
    (error) => end(span, error instanceof ContinueAsNew || isCancellation(error) ? null : errorType(error)),
  );
  return outcome;
}

function end(span: OpenSpan, error: string | null): void {
  trace.ended({ ...span, endedAt: Date.now(), error });
}

/** 64 bits of hash as hex: a turn that is taken again tells the same spans under the same IDs. */
function spanIdOf(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return hex(high) + hex(low);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
