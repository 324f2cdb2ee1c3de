import { meets, statusOf, successOf } from '../core/attempt-status';
import { reckonedMicros } from '../core/cost';
import { NONE, type Rung, rungAt, type SendRung } from '../core/ladder';
import { latencyBucket } from '../core/latency-buckets';
import { slotOf } from '../core/slots';
import { type AttemptState, newestAttempt, type State, type StepState, stepAt } from '../core/state';
import { isDuplicate, reasonOf } from '../core/view';
import { isTextChannel } from '../schemas/vocabulary';
import type { Contribution, RollupKey } from '../store/contract';

/**
 * What a run counts in the rollups follows from its state alone, and a stretch of its events contributes the difference
 * between the state after it and the state before. So the rollups are at any time the sum over all runs, however the
 * events were cut, and agree with what core/view.ts says of each. A figure that a later receipt takes back (delivered,
 * then not, where the provider's failures win) contributes less than nothing.
 *
 * All that a run counts stands in the slot (core/slots.ts) in which it began, and under the country of the recipient's
 * phone number: a funnel of one hour adds up, and its later figures are at most its earlier ones.
 *
 * Of a step, counting attempts: `attempted` (handed to a provider), `accepted` (taken, by its answer or by a receipt
 * that proves it), `rejected` (refused), `uncertain` (never answered), `delivered` (the person has it, told in time),
 * `lateDelivered` (told after the step was left or the invocation had ended), `read` (a click or a reply shows it
 * too), `clicked`, `replied`, `duplicates` (reached the person again), `costMicros`, `costTwiceMicros`, `reason.<reason>`
 * (did not reach the person, by the reason that the view gives), `latency.<n>` (see core/latency-buckets.ts: from acceptance
 * to delivery by our clock, in time or late, where the step waits for delivery or more; without an answer of the
 * provider there is no acceptance to count from).
 *
 * Of a step, counting invocations, each in one of them at most: `failed` (left because of a failure), `timedOut`,
 * `skipped`. A parallel step has `failed` and `timedOut` alone, under its own name and no channel. `savedByFallback`
 * counts an invocation under the one step by which it was saved: the first, by the provider's clock, to reach the
 * person in time among those that the ladder does not begin with. It counts also where an earlier step reached the
 * person late.
 *
 * Of the invocation (step and channel empty): `accepted`, `succeeded`, `failed`, `cancelled`, `expired`, `duplicates`
 * (was reached more than once), `late` (was reached late by some step), `costMicros`, `costTwiceMicros`.
 *
 * And what it would have cost to send otherwise, of the invocation, at what each step is reckoned at for this recipient
 * (core/cost.ts) when it begins: `reckoned` (invocations of which that is counted), `allAtOnceMicros` (one send of every
 * step that the recipient has an address for), `smsOnlyMicros` (one send of the ladder's first step on sms, xms or lms),
 * `smsOnlyUnknown` (invocations without such a step, or without an address for it), `smsOnlyCostMicros` (what those did
 * cost that have one: what `smsOnlyMicros` is to be compared with).
 */
export type Counts = Record<string, number>;
export type RunCounts = Omit<Contribution, 'position'>;

/** What the events between two states of a run add to the rollups. Nothing is given twice, nor anything that adds 0. */
export function countsBetween(before: State, after: State): RunCounts[] {
  const found: RunCounts[] = [];
  const ofRun: Counts = {};
  countRun(ofRun, before, -1);
  countRun(ofRun, after, 1);
  push(found, after, null, ofRun);
  // Who came first decides of every step whether it was a duplicate.
  const reachMoved = before.reachedStep !== after.reachedStep || before.reachedAt !== after.reachedAt;
  const saviourBefore = saviour(before);
  const saviourAfter = saviour(after);
  for (const rung of after.ladder.rungs) {
    const { index } = rung;
    const savedMoved = saviourBefore !== saviourAfter && (index === saviourBefore || index === saviourAfter);
    if (!reachMoved && !savedMoved && before.steps[index] === after.steps[index]) continue;
    const counts: Counts = {};
    countStep(counts, before, rung, saviourBefore, -1);
    countStep(counts, after, rung, saviourAfter, 1);
    push(found, after, rung, counts);
  }
  return found;
}

function push(found: RunCounts[], state: State, rung: Rung | null, counts: Counts): void {
  const changed: Counts = {};
  let any = false;
  for (const name in counts) {
    if (counts[name] === 0) continue;
    changed[name] = counts[name] as number;
    any = true;
  }
  if (any) found.push({ key: keyOf(state, rung), counts: changed });
}

function keyOf({ ladder, startedAt, country }: State, rung: Rung | null): RollupKey {
  return {
    mode: ladder.mode,
    flowId: ladder.flowId,
    flowVersion: ladder.version,
    step: rung?.name ?? '',
    channel: rung?.kind === 'send' ? rung.channel : '',
    country: country ?? '',
    hour: slotOf(startedAt),
  };
}

function add(counts: Counts, name: string, by: number): void {
  if (by !== 0) counts[name] = (counts[name] ?? 0) + by;
}

/** @param sign 1, or -1 to take it away */
function countRun(counts: Counts, state: State, sign: number): void {
  if (state.status === 'new') return;
  add(counts, 'accepted', sign);
  if (state.status !== 'running') add(counts, state.status, sign);
  add(counts, 'costMicros', sign * state.costMicros);
  countOtherwise(counts, state, sign);
  if (state.reachedStep === NONE) return;
  if (state.duplicate) add(counts, 'duplicates', sign);
  add(counts, 'costTwiceMicros', sign * state.costTwiceMicros);
  const reachedLate = (attempt: AttemptState) => attempt.late && attempt.reachedAt !== null;
  if (state.steps.some(({ attempts }) => attempts.some(reachedLate))) add(counts, 'late', sign);
}

/** All but the last follows from how the run began, and comes to nothing in the difference of two of its later states. */
function countOtherwise(counts: Counts, state: State, sign: number): void {
  add(counts, 'reckoned', sign);
  let smsOnly: SendRung | null = null;
  for (const rung of state.ladder.rungs) {
    if (rung.kind !== 'send') continue;
    const addressed = !state.unaddressable.includes(rung.name);
    if (addressed) add(counts, 'allAtOnceMicros', sign * reckonedMicros(state, rung));
    if (smsOnly === null && isTextChannel(rung.channel)) smsOnly = rung;
  }
  if (smsOnly === null || state.unaddressable.includes(smsOnly.name)) return add(counts, 'smsOnlyUnknown', sign);
  add(counts, 'smsOnlyMicros', sign * reckonedMicros(state, smsOnly));
  add(counts, 'smsOnlyCostMicros', sign * state.costMicros);
}

function countStep(counts: Counts, state: State, rung: Rung, saviour: number, sign: number): void {
  const step = stepAt(state, rung.index);
  const { phase } = step;
  if (phase === 'pending') return;
  if (phase === 'failed') add(counts, 'failed', sign);
  else if (timedOut(step)) add(counts, 'timedOut', sign);
  if (rung.kind === 'parallel') return;
  if (rung.index === saviour) add(counts, 'savedByFallback', sign);
  const held = step.attempts.some((attempt) => statusOf(attempt) === 'skipped');
  if (phase === 'skipped' || held) add(counts, 'skipped', sign);
  if (phase === 'skipped' && step.attempts.length === 0 && step.reason) add(counts, `reason.${step.reason}`, sign);
  for (const attempt of step.attempts) countAttempt(counts, { state, rung, step, attempt }, sign);
}

/** The end of the invocation may have come while the message was being taken back. */
function timedOut(step: StepState): boolean {
  const { phase } = step;
  if (phase === 'dropped') return newestAttempt(step)?.recall === 'requested';
  return phase === 'timed_out' || phase === 'recalling';
}

interface Placed {
  state: State;
  rung: SendRung;
  step: StepState;
  attempt: AttemptState;
}

function countAttempt(counts: Counts, placed: Placed, sign: number): void {
  const { attempt } = placed;
  const success = successOf(attempt);
  const accepted = attempt.send === 'accepted' || success !== null;
  if (statusOf(attempt) !== 'skipped') add(counts, 'attempted', sign);
  if (accepted) add(counts, 'accepted', sign);
  else if (attempt.send === 'rejected') add(counts, 'rejected', sign);
  if (attempt.uncertain) add(counts, 'uncertain', sign);
  add(counts, 'costMicros', sign * attempt.costMicros);
  if (isDuplicate(placed.state, placed.rung, attempt)) {
    add(counts, 'duplicates', sign);
    add(counts, 'costTwiceMicros', sign * attempt.costMicros);
  }
  if (meets(success, 'delivered')) return countDelivery(counts, placed, sign);
  const reason = reasonOf(placed.step, attempt);
  if (reason !== null) add(counts, `reason.${reason}`, sign);
}

function countDelivery(counts: Counts, placed: Placed, sign: number): void {
  const { rung, attempt } = placed;
  add(counts, cameLate(placed) ? 'lateDelivered' : 'delivered', sign);
  if (attempt.read || attempt.clicked || attempt.replied) add(counts, 'read', sign);
  if (attempt.clicked) add(counts, 'clicked', sign);
  if (attempt.replied) add(counts, 'replied', sign);
  // With a weaker criterion the attempt was final before it was delivered: the state does not hold when that was.
  const { acceptedAt, finalAt } = attempt;
  if (acceptedAt === null || finalAt === null || !meets(rung.successOn, 'delivered')) return;
  add(counts, `latency.${latencyBucket(finalAt - acceptedAt)}`, sign);
}

/**
 * The attempt's own mark tells of the step's criterion. Where that is more than delivery (`read`), the times tell: the
 * delivery itself settled the attempt.
 */
function cameLate({ state, rung, step, attempt }: Placed): boolean {
  if (meets('delivered', rung.successOn)) return attempt.late;
  if (step.phase === 'failed' && newestAttempt(step) === attempt) return true;
  const until = Math.min(step.deadlineAt ?? Number.POSITIVE_INFINITY, state.endedAt ?? Number.POSITIVE_INFINITY);
  return (attempt.finalAt ?? 0) > until;
}

/** The step that saved the invocation, or NONE. */
function saviour(state: State): number {
  let found = NONE;
  if (state.reachedStep === NONE) return found;
  let first = Number.POSITIVE_INFINITY;
  for (const rung of state.ladder.rungs) {
    if (isFirst(state, rung)) continue;
    for (const { reachedAt, late } of stepAt(state, rung.index).attempts) {
      if (reachedAt === null || late || reachedAt >= first) continue;
      found = rung.index;
      first = reachedAt;
    }
  }
  return found;
}

/** The ladder begins with it: the first step, or, where that is parallel, the first of each branch. */
function isFirst({ ladder }: State, rung: Rung): boolean {
  if (rung.parent === NONE) return rung.index === 0;
  const parent = rungAt(ladder, rung.parent);
  return parent.index === 0 && parent.kind === 'parallel' && parent.branches.includes(rung.index);
}
