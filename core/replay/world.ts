import { isFailure } from '../attempt-status';
import type { Input } from '../input';
import { NONE, routeAt, rungAt, type SendRung } from '../ladder';
import { type AttemptState, type StepState, stepAt } from '../state';
import { put, type VirtualRun, type World, withdrawReceipts } from '../virtual-run';
import { DONORS_MIN, draw, reachedElsewhere, type StepPool } from './pools';
import type { RecordedAttempt, RecordedReceipt, RecordedRun } from './recording';

/** Why the data cannot tell what becomes of a step. */
export type UntoldCause = 'new_step' | 'few_sends' | 'not_watched' | 'few_retries' | 'few_recalls';
export interface Untold {
  /** Its name on the draft. */
  step: string;
  cause: UntoldCause;
}

/** What a run is played against. */
export interface Ground {
  runs: readonly RecordedRun[];
  pools: readonly StepPool[];
  /** See StepMatch. */
  recorded: readonly number[];
}

/** The world of one run: what it recorded, and where it recorded nothing, what another run of the sample did. */
export interface ReplayWorld extends World {
  /** Numbers of the runs whose outcomes were drawn. */
  readonly drawn: number[];
  /** The first thing that nothing tells of; it is played as accepted and never heard of again. */
  untold: Untold | null;
}

/** What an attempt is played by; `own`: by what this very run recorded. */
interface Played {
  attempt: RecordedAttempt;
  own: boolean;
  /** It goes to the provider that it went to. */
  sameProvider: boolean;
}

export function replayWorld(ground: Ground, run: RecordedRun): ReplayWorld {
  const played = new Map<string, Played>();
  const world: ReplayWorld = {
    drawn: [],
    untold: null,
    send(virtual, step, attempt) {
      const rung = sendRung(virtual, step);
      const dropped = played.get(`${step}#${attempt}`)?.attempt.answer === 'drop';
      const found = attemptFor(ground, run, world, virtual, rung, attempt, dropped);
      if (found) played.set(`${step}#${attempt}`, found);
      if (found) playAttempt(virtual, step, attempt, found, run);
      else accept(virtual, step, attempt, 0, null);
    },
    recall(virtual, step, attempt) {
      const recall = recallFor(ground, run, world, sendRung(virtual, step), played.get(`${step}#${attempt}`), attempt);
      if (!recall || recall.afterMs === null) return;
      const at = virtual.now + recall.afterMs;
      if (recall.confirmed) withdrawReceipts(virtual, step, attempt, at);
      put(virtual, at, recallAnswer(recall.confirmed, step, attempt));
    },
    lookup(virtual, step, attempt) {
      answerLookup(virtual, step, attempt, played.get(`${step}#${attempt}`)?.attempt);
    },
  };
  return world;
}

function sendRung({ state }: VirtualRun, step: string): SendRung {
  const rung = rungAt(state.ladder, state.ladder.indexByName.get(step) ?? NONE);
  if (rung.kind !== 'send') throw new TypeError(`“${step}” sends nothing`);
  return rung;
}

function attemptFor(
  ground: Ground,
  run: RecordedRun,
  world: ReplayWorld,
  virtual: VirtualRun,
  rung: SendRung,
  number: number,
  dropped: boolean,
): Played | null {
  const step = ground.recorded[rung.index] ?? NONE;
  const pool = ground.pools[step];
  if (step === NONE || !pool) return untold(world, rung, 'new_step');
  const mine = run.steps[step];
  const own = !dropped && mine !== undefined && mine.length > 0;
  const attempts = own ? mine : drawnStep(ground, run, world, step, pool);
  if (!attempts) return untold(world, rung, 'few_sends');
  let attempt = attempts[number - 1];
  // What was dropped elsewhere, as its run had ended, says nothing of what becomes of it here.
  if (!attempt || (!own && attempt.answer === 'drop')) {
    const place = draw(pool.retries, run, `retry ${step} ${number}`);
    attempt = place ? ground.runs[place.run]?.steps[step]?.[place.attempt] : undefined;
    if (!place || !attempt) return untold(world, rung, 'few_retries');
    noteDrawn(world, place.run);
  }
  const route = routeAt(rung, (newest(virtual, rung, number) as AttemptState).route);
  const watched = watchedLongEnough(ground, run, world, rung, step, number, attempt);
  return { attempt: watched, own, sameProvider: route.provider === attempt.provider };
}

function newest({ state }: VirtualRun, rung: SendRung, number: number): AttemptState | undefined {
  return (stepAt(state, rung.index) as StepState).attempts[number - 1];
}

function untold(world: ReplayWorld, { name }: SendRung, cause: UntoldCause): null {
  world.untold ??= { step: name, cause };
  return null;
}

/** What another run recorded of the step. Like from like where there are enough: see reachedElsewhere. */
function drawnStep(
  ground: Ground,
  run: RecordedRun,
  world: ReplayWorld,
  step: number,
  pool: StepPool,
): readonly RecordedAttempt[] | undefined {
  const alike = reachedElsewhere(run, step) ? pool.reachedElsewhere : pool.reachedByNoOther;
  const donor = draw(alike.length >= DONORS_MIN ? alike : pool.sent, run, `step ${step}`);
  if (donor === null) return undefined;
  noteDrawn(world, donor);
  return ground.runs[donor]?.steps[step];
}

/** Once: an interval counts the weight of each run that was drawn from. */
function noteDrawn({ drawn }: ReplayWorld, donor: number): void {
  if (!drawn.includes(donor)) drawn.push(donor);
}

/**
 * The draft waits for it longer than it was watched, and by then nothing had come: what came after is drawn from those
 * that were as silent for as long, and were watched for long enough.
 */
function watchedLongEnough(
  ground: Ground,
  run: RecordedRun,
  world: ReplayWorld,
  rung: SendRung,
  step: number,
  number: number,
  attempt: RecordedAttempt,
): RecordedAttempt {
  const { answer, answeredMs, watchedMs, receipts, expiredWithStep } = attempt;
  const neededMs = answeredMs + rung.timeoutMs;
  const waits = answer === 'accept' || answer === 'hang';
  const known = receipts.filter(
    ({ afterMs, status }) => afterMs < watchedMs && !(expiredWithStep && isFailure(status)),
  );
  if (!waits || neededMs <= watchedMs || known.length > 0) return attempt;
  const silent = ground.pools[step]?.sent.filter((other) => {
    const one = ground.runs[other]?.steps[step]?.[number - 1];
    return one?.answer === answer && one.watchedMs >= neededMs && isSilentUntil(one, watchedMs);
  });
  const donor = draw(silent ?? [], run, `later ${step} ${number}`);
  if (donor === null) {
    untold(world, rung, 'not_watched');
    return { ...attempt, receipts: known };
  }
  noteDrawn(world, donor);
  const later = ground.runs[donor]?.steps[step]?.[number - 1]?.receipts ?? [];
  return { ...attempt, receipts: later };
}

function isSilentUntil({ receipts }: RecordedAttempt, ms: number): boolean {
  return receipts.every(({ afterMs }) => afterMs >= ms);
}

function playAttempt(virtual: VirtualRun, step: string, attempt: number, played: Played, run: RecordedRun): void {
  const { attempt: one, own, sameProvider } = played;
  const at = virtual.now + one.answeredMs;
  const { reason } = one;
  for (const receipt of one.receipts) if (!receipt.asked) putReceipt(virtual, virtual.now, step, attempt, receipt);
  if (one.answer === 'accept') {
    // What this run was billed, else what such a message was; by country prices, or elsewhere, as the ladder reckons.
    const billed = sameProvider && (own || run.costs === null) ? one.costMicros : null;
    accept(virtual, step, attempt, one.answeredMs, billed);
  } else if (one.answer === 'reject') {
    const { retryAfterMs } = one;
    put(virtual, at, { type: 'SendRejected', step, attempt, reason: reason ?? 'unknown', code: null, retryAfterMs });
  } else if (one.answer === 'hang') {
    put(virtual, at, { type: 'SendUncertain', step, attempt });
  } else if (one.answer === 'block') {
    put(virtual, at, { type: 'SendBlocked', step, attempt, reason: reason ?? 'unknown' });
  } else {
    // Where it is wanted then all the same, the core asks for it again.
    put(virtual, at, { type: 'SendDropped', step, attempt });
  }
}

function accept(run: VirtualRun, step: string, attempt: number, afterMs: number, costMicros: number | null): void {
  put(run, run.now + afterMs, { type: 'SendAccepted', step, attempt, providerMessageId: null, costMicros });
}

function putReceipt(run: VirtualRun, from: number, step: string, attempt: number, receipt: RecordedReceipt): void {
  const { status, reason, afterMs, happenedMs, costMicros } = receipt;
  const at = from + happenedMs;
  const none = { code: null, providerMessageId: null };
  put(run, from + afterMs, { type: 'ReceiptArrived', step, attempt, status, reason, at, costMicros, ...none });
}

function recallFor(
  ground: Ground,
  run: RecordedRun,
  world: ReplayWorld,
  rung: SendRung,
  played: Played | undefined,
  number: number,
): RecordedAttempt['recall'] {
  if (played?.attempt.recall) return played.attempt.recall;
  const step = ground.recorded[rung.index] ?? NONE;
  const place = draw(ground.pools[step]?.recalls ?? [], run, `recall ${step} ${number}`);
  if (!place) return untold(world, rung, 'few_recalls');
  noteDrawn(world, place.run);
  return ground.runs[place.run]?.steps[step]?.[place.attempt]?.recall ?? null;
}

function recallAnswer(confirmed: boolean, step: string, attempt: number): Input {
  return confirmed ? { type: 'RecallConfirmed', step, attempt } : { type: 'RecallFailed', step, attempt, code: null };
}

/** A provider that is asked tells what it knew by then; what its silence lasted is as it was recorded. */
function answerLookup(run: VirtualRun, step: string, attempt: number, one: RecordedAttempt | undefined): void {
  const requestedAt = newest(run, sendRung(run, step), attempt)?.requestedAt ?? run.now;
  for (const receipt of one?.receipts ?? []) {
    if (receipt.asked && requestedAt + receipt.happenedMs <= run.now) {
      const waited = Math.max(0, requestedAt + receipt.afterMs - run.now);
      putReceipt(run, requestedAt, step, attempt, { ...receipt, afterMs: run.now + waited - requestedAt });
      return;
    }
  }
  if (one?.askedForMs === null || one === undefined) return;
  const outcome = { known: 'unknown' } as const;
  put(run, run.now + one.askedForMs, { type: 'LookupAnswered', step, attempt, outcome });
}
