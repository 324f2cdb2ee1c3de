import type { RecordedAttempt, RecordedRun } from './recording';

/** Fewer recorded outcomes than these are not drawn from: the answer says that the data cannot tell. */
export const DONORS_MIN = 30;

/** One attempt of one run of the sample, by their numbers. */
export interface Place {
  run: number;
  attempt: number;
}

/** What was recorded of one step, as numbers of runs in the sample. */
export interface StepPool {
  /** In which it was sent. */
  sent: readonly number[];
  /** Of these, in which another step has reached the person, and in which none has. */
  reachedElsewhere: readonly number[];
  reachedByNoOther: readonly number[];
  retries: readonly Place[];
  recalls: readonly Place[];
}

export const NO_POOL: StepPool = { sent: [], reachedElsewhere: [], reachedByNoOther: [], retries: [], recalls: [] };

/** @param step its number on the recorded ladder */
export function poolOf(runs: readonly RecordedRun[], step: number): StepPool {
  const sent = runs.flatMap((run, number) => (wasSent(run.steps[step]) ? [number] : []));
  const elsewhere = new Set(sent.filter((run) => reachedElsewhere(runs[run] as RecordedRun, step)));
  const places = sent.flatMap((run) => (runs[run]?.steps[step] ?? []).map((_, attempt) => ({ run, attempt })));
  const at = ({ run, attempt }: Place) => runs[run]?.steps[step]?.[attempt];
  return {
    sent,
    reachedElsewhere: [...elsewhere],
    reachedByNoOther: sent.filter((run) => !elsewhere.has(run)),
    retries: places.filter((place) => place.attempt > 0 && at(place)?.answer !== 'drop'),
    recalls: places.filter((place) => at(place)?.recall !== null),
  };
}

/** What was dropped before its turn came was not sent, and says nothing of what would have become of it. */
function wasSent(attempts: readonly RecordedAttempt[] | undefined): attempts is readonly RecordedAttempt[] {
  return attempts?.[0] !== undefined && attempts[0].answer !== 'drop';
}

/** A person whom another step reaches is likelier to be reached by this one: like is drawn from like. */
export function reachedElsewhere({ reachedBy }: RecordedRun, step: number): boolean {
  return reachedBy.some((reached, other) => reached && other !== step);
}

/** The same one for the same run and question. @returns null where there are fewer than DONORS_MIN */
export function draw<T>(from: readonly T[], run: RecordedRun, question: string): T | null {
  if (from.length < DONORS_MIN) return null;
  return from[hash(`${run.id} ${question}`) % from.length] ?? null;
}

/** FNV-1a, and a last mixing (MurmurHash3's): IDs that are alike are to fall apart. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) h = Math.imul(h ^ text.charCodeAt(n), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
