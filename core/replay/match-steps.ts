import { SUCCESS_STATUSES, type SuccessStatus } from '../../schemas/vocabulary';
import { ADDRESS_FIELDS } from '../address';
import { type Ladder, NONE, type SendRung } from '../ladder';
import type { Sentence } from '../sentence';
import { tell } from './tell';

/** For each step of a draft, by its number, the recorded step that tells of it; NONE where none does. */
export interface StepMatch {
  recorded: readonly number[];
  /** By the draft's numbers: recorded steps that need the same address; they tell whether the recipient has one. */
  sameAddress: readonly (readonly number[])[];
  /** On what was taken for the same though it is not quite. */
  notes: readonly Sentence[];
}

/**
 * By name, where the channel is the same; else by channel and template or provider. Each recorded step tells of one step
 * of the draft at most, and of none whose criterion it kept no time for.
 */
export function matchSteps(draft: Ladder, recorded: Ladder): StepMatch {
  const taken = new Set<number>();
  const notes: Sentence[] = [];
  const found = draft.rungs.map((rung) => (rung.kind === 'send' ? byName(rung, recorded, taken) : NONE));
  const matched = draft.rungs.map((rung, index) => {
    if (rung.kind !== 'send') return NONE;
    const first = found[index] ?? NONE;
    const at = first !== NONE ? first : byKind(rung, recorded, taken);
    return at === NONE || !judge(rung, recorded.rungs[at] as SendRung, notes) ? NONE : at;
  });
  return {
    recorded: matched,
    sameAddress: draft.rungs.map((rung) => (rung.kind === 'send' ? withSameAddress(rung, recorded) : [])),
    notes,
  };
}

function byName(rung: SendRung, recorded: Ladder, taken: Set<number>): number {
  const index = recorded.indexByName.get(rung.name);
  const other = index === undefined ? undefined : recorded.rungs[index];
  if (other?.kind !== 'send' || other.channel !== rung.channel) return NONE;
  taken.add(other.index);
  return other.index;
}

function byKind(rung: SendRung, recorded: Ladder, taken: Set<number>): number {
  const others = recorded.rungs.filter(
    (other): other is SendRung => other.kind === 'send' && other.channel === rung.channel && !taken.has(other.index),
  );
  const other =
    others.find(({ template }) => template === rung.template) ?? others.find((one) => sharesProvider(one, rung));
  if (!other) return NONE;
  taken.add(other.index);
  return other.index;
}

function sharesProvider(a: SendRung, b: SendRung): boolean {
  return a.routes.some((route) => b.routes.some(({ provider }) => provider === route.provider));
}

function judge(rung: SendRung, recorded: SendRung, notes: Sentence[]): boolean {
  const step = rung.name;
  if (!tellsOf(recorded.successOn, rung.successOn)) {
    notes.push(tell('note.criterion', { step, status: rung.successOn, watchedStatus: recorded.successOn }));
    return false;
  }
  if (step !== recorded.name) notes.push(tell('note.played_by', { step, recorded: recorded.name }));
  if (rung.template !== recorded.template) notes.push(tell('note.template', { step }));
  if (!sharesProvider(rung, recorded)) {
    const [providers, providersBefore] = [rung, recorded].map(({ routes }) => routes.map(({ provider }) => provider));
    notes.push(tell('note.provider', { step, providers: providers ?? [], providersBefore: providersBefore ?? [] }));
  }
  return true;
}

/** A state keeps the time at which its own criterion was met, that of delivery, and that of acceptance. */
function tellsOf(kept: SuccessStatus, asked: SuccessStatus): boolean {
  if (asked === 'accepted' || asked === kept) return true;
  const delivered = SUCCESS_STATUSES.indexOf('delivered');
  return asked === 'delivered' && SUCCESS_STATUSES.indexOf(kept) > delivered;
}

function withSameAddress({ channel }: SendRung, recorded: Ladder): number[] {
  const fields = String(ADDRESS_FIELDS[channel]);
  return recorded.rungs.flatMap((other) =>
    other.kind === 'send' && String(ADDRESS_FIELDS[other.channel]) === fields ? [other.index] : [],
  );
}
