import type { Ladder } from '../../core/ladder';
import { outcomeOf, recordedRun } from '../../core/replay/recorded';
import type { Outcome } from '../../core/replay/recording';
import { type Sample, sampleOf } from '../../core/replay/sample';
import { simulate } from '../../core/simulate';
import type { State } from '../../core/state';
import type { SandboxScript } from '../../schemas/sandbox-script';
import type { Reason } from '../../schemas/vocabulary';
import { random } from './random';

/** What would become of a message to a person on one channel, whenever it is sent. */
export type Fate = { afterMs: number } | { fails: Reason; afterMs: number } | 'never';

/** By the step's name: the truth, most of which no ladder ever finds out. */
export type Person = Readonly<Record<string, Fate>>;

export interface Channel {
  medianMs: number;
  /** Of the logarithm: 1 is a long tail. */
  sigma: number;
  never: number;
  fails?: number;
}

/** @param off the share of people whom nothing reaches, as their phone is off: what makes channels depend on each other */
export function people(channels: Record<string, Channel>, count: number, seed: number, off = 0): Person[] {
  const next = random(seed);
  return Array.from({ length: count }, () => {
    const isOff = next() < off;
    return Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, fateOf(channel, isOff, next)]));
  });
}

function fateOf({ medianMs, sigma, never, fails = 0 }: Channel, isOff: boolean, next: () => number): Fate {
  const chance = next();
  // Box and Muller: a normally distributed number of two even ones.
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const afterMs = Math.round(medianMs * Math.exp(sigma * normal));
  if (isOff || chance < never) return 'never';
  return chance < never + fails ? { fails: 'not_on_channel', afterMs: 500 } : { afterMs };
}

export const WORLD_STARTED_AT = Date.parse('2026-11-21T10:00:00.000Z');
/** Long after the last receipt. */
export const WORLD_SEEN_AT = WORLD_STARTED_AT + 30 * 24 * 3_600_000;

/** The ladder as it goes for each of them. */
export function live(ladder: Ladder, everybody: readonly Person[]): State[] {
  return everybody.map((person) => simulate(ladder, scriptsFor(person), { startAt: WORLD_STARTED_AT }).state);
}

export function truth(ladder: Ladder, everybody: readonly Person[]): Outcome[] {
  return live(ladder, everybody).map(outcomeOf);
}

function scriptsFor(person: Person): Record<string, SandboxScript> {
  return Object.fromEntries(
    Object.entries(person).map(([name, fate]) => {
      const answer = { type: 'accept', afterMs: 120 } as const;
      if (fate === 'never') return [name, { answer, early: [], receipts: [] }];
      const failed = 'fails' in fate;
      const receipt = { afterMs: fate.afterMs, reason: failed ? fate.fails : null } as const;
      const status = failed ? ('undelivered' as const) : ('delivered' as const);
      return [name, { answer, early: [], receipts: [{ status, ...receipt }] }];
    }),
  );
}

/** What the ladder recorded of them, and nothing else. */
export function recordedSample(ladder: Ladder, everybody: readonly Person[], seenAt = WORLD_SEEN_AT): Sample {
  const runs = live(ladder, everybody).map((state, n) =>
    recordedRun(`inv_${String(n).padStart(6, '0')}`, state, seenAt),
  );
  return finished(sampleOf(ladder, runs));
}

/** All that a generator comes to. */
export function finished<T>(generator: Generator<void, T, void>): T {
  for (;;) {
    const next = generator.next();
    if (next.done) return next.value;
  }
}
