import type { AttemptView, InvocationAccepted, InvocationView } from '../schemas/invocation';
import type { Reason } from '../schemas/vocabulary';
import { statusOf } from './attempt-status';
import { whyOf, whySkipped } from './attempt-story';
import { worstCase } from './cost';
import { isoTime } from './iso-time';
import { type Ladder, NONE, routeAt, rungAt, type SendRung } from './ladder';
import { isDuplicate } from './reaches';
import { type AttemptState, newestAttempt, type State, type StepState } from './state';

/** What the state does not hold of an invocation. `createdAt` in milliseconds since 1970. */
export interface InvocationMeta {
  id: string;
  externalId: string | null;
  metadata: Record<string, string> | null;
  createdAt: number;
}

/** An invocation as `GET /v1/invocations/{id}` answers it. */
export function invocationView(state: State, meta: InvocationMeta): InvocationView {
  const { ladder } = state;
  const reached = state.reachedStep === NONE ? null : rungAt(ladder, state.reachedStep);
  return {
    id: meta.id,
    workflowId: ladder.workflowId,
    flowVersion: ladder.version,
    mode: ladder.mode,
    status: state.status === 'new' ? 'running' : state.status,
    externalId: meta.externalId,
    metadata: meta.metadata,
    createdAt: isoTime(meta.createdAt),
    endedAt: isoOrNull(state.endedAt),
    reachedChannel: reached?.kind === 'send' ? reached.channel : null,
    reachedStep: reached?.name ?? null,
    duplicate: state.duplicate,
    costMicros: state.costMicros,
    costTwiceMicros: state.costTwiceMicros,
    currency: ladder.currency,
    worstCase: worstCase(ladder, state.costs),
    attempts: attemptViews(state),
    links: linksOf(meta.id),
  };
}

/** The 202 of an invocation: all of it is known before the engine has started. */
export function acceptedView(
  ladder: Ladder,
  meta: Pick<InvocationMeta, 'id' | 'externalId'>,
  costs: State['costs'],
): InvocationAccepted {
  return {
    id: meta.id,
    workflowId: ladder.workflowId,
    flowVersion: ladder.version,
    status: 'running',
    externalId: meta.externalId,
    worstCase: worstCase(ladder, costs),
    links: linksOf(meta.id),
  };
}

function linksOf(id: string): InvocationView['links'] {
  const self = `/v1/invocations/${id}`;
  return { self, events: `${self}/events`, stream: `${self}/stream` };
}

interface Placed {
  at: number;
  view: AttemptView;
}

/** In the order in which they were requested, or skipped; steps count up where that was at one time. */
function attemptViews(state: State): AttemptView[] {
  const placed: Placed[] = [];
  state.steps.forEach((step, index) => {
    const rung = rungAt(state.ladder, index);
    if (rung.kind !== 'send') return;
    for (const attempt of step.attempts) {
      placed.push({ at: attempt.requestedAt, view: attemptView(state, rung, step, attempt) });
    }
    if (step.phase === 'skipped' && step.attempts.length === 0) {
      placed.push({ at: step.startedAt ?? 0, view: skippedView(rung, step) });
    }
  });
  return placed.sort((a, b) => a.at - b.at).map(({ view }) => view);
}

function attemptView(state: State, rung: SendRung, step: StepState, attempt: AttemptState): AttemptView {
  const duplicate = isDuplicate(state, rung, attempt);
  const { acceptedAt, finalAt } = attempt;
  return {
    step: rung.name,
    attempt: attempt.number,
    channel: rung.channel,
    provider: attempt.provider,
    providerMessageId: attempt.providerMessageId,
    status: statusOf(attempt),
    reason: reasonOf(step, attempt),
    code: attempt.code,
    requestedAt: isoTime(attempt.requestedAt),
    acceptedAt: isoOrNull(acceptedAt),
    deadlineAt: newestAttempt(step) === attempt ? isoOrNull(step.deadlineAt) : null,
    finalAt: isoOrNull(finalAt),
    // A receipt may come before the send's answer.
    latencyMs: acceptedAt === null || finalAt === null ? null : Math.max(0, finalAt - acceptedAt),
    costMicros: attempt.costMicros,
    late: attempt.late,
    uncertain: attempt.uncertain,
    duplicate,
    duplicateRisk: attempt.duplicateRisk,
    why: whyOf(state, rung, attempt, duplicate),
  };
}

/** The provider's reason; without one, that nothing had come when the step's time was over. */
export function reasonOf(step: StepState, attempt: AttemptState): Reason | null {
  if (attempt.reason !== null || attempt.finalAt !== null) return attempt.reason;
  const timedOut = step.reason === 'timeout' && newestAttempt(step) === attempt;
  if (!timedOut) return null;
  return attempt.uncertain ? 'uncertain' : 'timeout';
}

function skippedView(rung: SendRung, step: StepState): AttemptView {
  return {
    step: rung.name,
    attempt: 0,
    channel: rung.channel,
    provider: routeAt(rung, 0).provider,
    providerMessageId: null,
    status: 'skipped',
    reason: step.reason,
    code: null,
    requestedAt: null,
    acceptedAt: null,
    deadlineAt: null,
    finalAt: isoOrNull(step.startedAt),
    latencyMs: null,
    costMicros: 0,
    late: false,
    uncertain: false,
    duplicate: false,
    duplicateRisk: false,
    why: whySkipped(rung, step),
  };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
