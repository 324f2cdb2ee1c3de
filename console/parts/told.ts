import type { WireEvent } from '../../schemas/event';
import type { AttemptView } from '../../schemas/invocation';
import type { Story, Verdict } from '../../schemas/story';

/** One clause of a sentence: its words' key under `told.` in the catalogue, and what stands in its places. */
export interface Clause {
  key: ClauseKey;
  at?: string;
  status?: string;
  reason?: string;
  step?: string;
  costMicros?: number;
  needlessMicros?: number;
  code?: string;
}

export const CLAUSES = [
  'pending',
  'unused',
  'parallel.succeeded',
  'parallel.failed',
  'parallel.waiting',
  'held',
  'skipped',
  'dropped',
  'requested',
  'accepted',
  'unanswered',
  'refused',
  'reached',
  'failed',
  'silence',
  'asked',
  'recalling',
  'recalled',
  'notRecalled',
  'waiting',
  'again',
  'next',
  'nothingLeft',
  'late',
  'twice',
  'risk',
  'billed',
  'needless',
] as const;
export type ClauseKey = (typeof CLAUSES)[number];

const REACHED: ReadonlySet<string> = new Set(['sent', 'delivered', 'read', 'clicked', 'replied']);
const FAILED: ReadonlySet<string> = new Set(['undelivered', 'failed', 'expired', 'recalled']);

/** What came of a step and why the ladder went on, as clauses of one sentence, in their order. */
export function clausesOf(story: Story, verdict: Verdict): Clause[] {
  const { invocation, events } = story;
  const own = events.filter(({ step }) => step === verdict.step);
  if (verdict.channel === null) return parallelClauses(verdict, own);
  const attempts = invocation.attempts.filter(({ step }) => step === verdict.step);
  if (verdict.outcome === 'unused') return [{ key: 'unused' }];
  const ended = invocation.endedAt != null;
  const sent = attempts.flatMap((attempt, at) => attemptClauses(attempt, own, at === attempts.length - 1, ended));
  const first = attempts.length === 0 ? unsentClauses(verdict, own) : sent;
  return [...first, ...goingOn(story, verdict, own), ...afterwards(attempts, own), ...money(attempts, invocation)];
}

function parallelClauses({ outcome }: Verdict, events: readonly WireEvent[]): Clause[] {
  switch (outcome) {
    case 'pending':
    case 'unused':
      return [{ key: outcome }];
    case 'succeeded':
    case 'waiting':
      return [{ key: `parallel.${outcome}` }];
    default:
      return [{ key: 'parallel.failed' }, ...goingOnTo(events)];
  }
}

function unsentClauses({ outcome }: Verdict, events: readonly WireEvent[]): Clause[] {
  const held = events.find(({ type }) => type === 'StepDeferred');
  if (outcome === 'waiting' && held) return [{ key: 'held', at: held.until, reason: held.reason }];
  if (outcome === 'waiting') return [];
  if (outcome === 'pending') return [{ key: 'pending' }];
  const skipped = events.find(({ type }) => type === 'StepSkipped');
  return skipped?.reason === undefined ? [{ key: 'dropped' }] : [{ key: 'skipped', reason: skipped.reason }];
}

function attemptClauses(attempt: AttemptView, events: readonly WireEvent[], newest: boolean, ended: boolean): Clause[] {
  if (attempt.attempt === 0) return [attempt.reason ? { key: 'skipped', reason: attempt.reason } : { key: 'dropped' }];
  const clauses = [sending(attempt, events)];
  const own = events.filter((event) => event.attempt === attempt.attempt);
  const at = attempt.finalAt ?? undefined;
  if (!attempt.late && REACHED.has(attempt.status) && at) clauses.push({ key: 'reached', status: attempt.status, at });
  else if (!attempt.late && FAILED.has(attempt.status)) {
    clauses.push({ key: 'failed', status: attempt.status, reason: attempt.reason ?? undefined, code: codeOf(attempt) });
  }
  if (!newest) return [...clauses, { key: 'again' }];
  const silent = events.find(({ type }) => type === 'StepTimedOut');
  if (silent) clauses.push({ key: 'silence', at: attempt.deadlineAt ?? silent.at });
  else if (!settledIn(events) && clauses.length === 1 && attempt.status !== 'rejected') {
    if (ended) clauses.push({ key: 'dropped' });
    else if (attempt.acceptedAt && attempt.deadlineAt) clauses.push({ key: 'waiting', at: attempt.deadlineAt });
  }
  return [...clauses, ...recallClauses(own, events)];
}

function sending(attempt: AttemptView, events: readonly WireEvent[]): Clause {
  const refused = events.find(({ type, attempt: number }) => type === 'AttemptRejected' && number === attempt.attempt);
  if (refused) return { key: 'refused', reason: refused.reason ?? attempt.reason ?? 'unknown', code: codeOf(attempt) };
  if (attempt.acceptedAt) return { key: 'accepted', at: attempt.acceptedAt };
  return attempt.uncertain ? { key: 'unanswered' } : { key: 'requested', at: attempt.requestedAt ?? undefined };
}

function codeOf({ code }: AttemptView): string | undefined {
  return code ?? undefined;
}

function settledIn(events: readonly WireEvent[]): boolean {
  return events.some(({ type }) => type === 'StepSucceeded' || type === 'StepFailed' || type === 'StepTimedOut');
}

function recallClauses(own: readonly WireEvent[], events: readonly WireEvent[]): Clause[] {
  const has = (type: WireEvent['type']) =>
    own.some((event) => event.type === type) || events.some((event) => event.type === type);
  const asked: Clause[] = has('ReconcileRequested') ? [{ key: 'asked' }] : [];
  if (has('RecallConfirmed')) return [...asked, { key: 'recalled' }];
  if (has('RecallFailed')) return [...asked, { key: 'notRecalled' }];
  return has('RecallRequested') ? [...asked, { key: 'recalling' }] : asked;
}

function goingOn({ invocation }: Story, { outcome }: Verdict, own: readonly WireEvent[]): Clause[] {
  const next = goingOnTo(own);
  if (next.length > 0) return next;
  const left = outcome === 'failed' || outcome === 'timed_out';
  return left && invocation.status === 'failed' ? [{ key: 'nothingLeft' }] : [];
}

function goingOnTo(events: readonly WireEvent[]): Clause[] {
  const went = events.find(({ type, nextStep }) => type === 'LadderAdvanced' && nextStep !== undefined);
  return went?.nextStep === undefined ? [] : [{ key: 'next', step: went.nextStep }];
}

function afterwards(attempts: readonly AttemptView[], events: readonly WireEvent[]): Clause[] {
  const late = events.filter(({ type }) => type === 'LateReceiptRecorded').at(-1);
  return [
    ...(late ? [{ key: 'late' as const, at: late.at, status: late.receiptStatus }] : []),
    ...(attempts.some(({ duplicate }) => duplicate) ? [{ key: 'twice' as const }] : []),
    ...(attempts.some(({ duplicateRisk, duplicate }) => duplicateRisk && !duplicate) ? [{ key: 'risk' as const }] : []),
  ];
}

function money(attempts: readonly AttemptView[], invocation: Story['invocation']): Clause[] {
  const costMicros = attempts.reduce((sum, attempt) => sum + (attempt.costMicros ?? 0), 0);
  if (costMicros === 0) return [];
  const again = attempts.filter(({ duplicate }) => duplicate);
  const needlessMicros = Math.min(
    again.reduce((sum, attempt) => sum + (attempt.costMicros ?? 0), 0),
    invocation.costTwiceMicros ?? 0,
  );
  return [{ key: 'billed', costMicros }, ...(needlessMicros > 0 ? [{ key: 'needless' as const, needlessMicros }] : [])];
}
