import { latencyBucket } from '../../core/latency-buckets';
import { slotFrom, slotOf } from '../../core/slots';
import type { FlowDefinition } from '../../schemas/flow';
import type { Contribution, RollupKey, ViewWriter } from '../../store/contract';

const DAY_MS = 86_400_000;
export const MONTH = { from: Date.parse('2026-10-01T00:00:00Z'), days: 30 } as const;
const COUNTRIES = ['IT', 'DE', 'IN', 'NP', 'BR'] as const;
const SEND_MICROS = 35_500;
/** As a run of three steps has them, of which every fourth falls back. */
const EVENTS_A_RUN = 10;

const STEPS = [
  { name: 'whatsapp', channel: 'whatsapp' },
  { name: 'sms', channel: 'sms' },
  { name: 'email', channel: 'email' },
] as const;

export const FLOW_NAMES = ['otp', 'order', 'parcel', 'reminder', 'offer'] as const;

export function definitionOf(name: string): FlowDefinition {
  const steps = STEPS.map((step) => ({ ...step, template: 'tpl_bench', timeoutSeconds: 60 }));
  return { name, purpose: 'transactional', steps };
}

/** Numbers from 0 to 1, the same ones each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Writes the rollups of a month by the projection's own writer, a batch a slot, as if the runs had been folded in.
 * @returns how many events they stand for
 */
export async function writeMonth(views: ViewWriter, flowIds: readonly string[], runs: number): Promise<number> {
  const next = numbers(1);
  let position = 0;
  let written = 0;
  const end = MONTH.from + MONTH.days * DAY_MS;
  for (let hour: number = MONTH.from; hour < end; hour = slotFrom(hour + 1)) {
    const length = slotFrom(hour + 1) - hour;
    const count = Math.round((runs * (hour + length - MONTH.from)) / (end - MONTH.from)) - written;
    written += count;
    const contributions: Contribution[] = [];
    for (let n = 0; n < count; n++) {
      position += 1;
      const flowId = flowIds[Math.floor(next() * flowIds.length)] as string;
      const country = COUNTRIES[Math.floor(next() * COUNTRIES.length)] as string;
      const key = { mode: 'test', flowId, flowVersion: 1, country, hour: slotOf(hour) } as const;
      for (const one of contributionsOf(key, next)) contributions.push({ ...one, position });
    }
    position += 1;
    await views.write({ partition: 0, position, created: [], runs: [], messages: [], contributions });
  }
  return runs * EVENTS_A_RUN;
}

type Shared = Omit<RollupKey, 'step' | 'channel'>;

/** One run: its first step reaches most, the second most of the others. */
function contributionsOf(key: Shared, next: () => number): Omit<Contribution, 'position'>[] {
  const reached = next() < 0.75 ? 0 : next() < 0.8 ? 1 : 2;
  const cost = SEND_MICROS * (reached + 1);
  const found: Omit<Contribution, 'position'>[] = [];
  const late = reached > 0 && next() < 0.3;
  found.push({
    key: { ...key, step: '', channel: '' },
    counts: {
      ...{ accepted: 1, succeeded: 1, costMicros: cost, reckoned: 1, allAtOnceMicros: 3 * SEND_MICROS },
      ...{ smsOnlyMicros: SEND_MICROS, smsOnlyCostMicros: cost },
      ...(late && { late: 1, duplicates: 1, costTwiceMicros: SEND_MICROS }),
    },
  });
  STEPS.slice(0, reached + 1).forEach(({ name, channel }, at) => {
    const took = `latency.${latencyBucket(Math.round(2_000 * Math.exp((next() + next() + next() - 1.5) * 2)))}`;
    const there: Record<string, number> =
      at === reached ? { delivered: 1, [took]: 1, ...(at > 0 && { savedByFallback: 1 }) } : missed(next);
    const lateHere: Record<string, number> =
      late && at === 0 ? { lateDelivered: 1, duplicates: 1, costTwiceMicros: SEND_MICROS } : {};
    const counts: Record<string, number> = {
      attempted: 1,
      accepted: 1,
      costMicros: SEND_MICROS,
      ...there,
      ...lateHere,
    };
    found.push({ key: { ...key, step: name, channel }, counts });
  });
  return found;
}

function missed(next: () => number): Record<string, number> {
  const luck = next();
  if (luck < 0.5) return { timedOut: 1, 'reason.timeout': 1 };
  return { failed: 1, [luck < 0.8 ? 'reason.unreachable' : 'reason.not_on_channel']: 1 };
}
