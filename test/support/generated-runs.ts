import type { Command } from '../../core/command';
import { decide } from '../../core/decide';
import type { Input, ReceiptInput } from '../../core/input';
import { type Ladder, type SendRung, sendRungOf } from '../../core/ladder';
import { isWanted, nextWakeAt } from '../../core/pending';
import { initialState, type State } from '../../core/state';
import { toRecord } from '../../core/wire';
import type { EventRecord } from '../../schemas/event';
import type { Reason, ReceiptStatus } from '../../schemas/vocabulary';

/** Numbers from 0 to 1. */
type Random = () => number;

const COUNTRIES = ['IT', 'IN', 'NP', 'US', undefined] as const;
const REASONS = ['unreachable', 'blocked', 'content_rejected', 'provider_unavailable'] as const;
const GATES = ['suppressed', 'no_consent', 'online'] as const;
/** No run takes longer to be told: what is due later never happens. */
const MOST_TURNS = 200;

interface World {
  id: string;
  ladder: Ladder;
  next: Random;
  /** Everything goes as one would wish: so it is with most. */
  calm: boolean;
  state: State;
  now: number;
  due: { at: number; input: () => Input }[];
  records: EventRecord[];
}

/**
 * One run through a world of its own: sends that are refused, held back, never answered; receipts in time, late, twice,
 * early, contradicting each other, or none; taken back, cancelled, completed. The same for the same random numbers.
 * @returns what was written of it, a record a decision
 */
export function generatedRun(id: string, ladder: Ladder, startAt: number, next: Random): EventRecord[] {
  const calm = next() < 0.6;
  const world: World = { id, ladder, next, calm, state: initialState(ladder), now: startAt, due: [], records: [] };
  const country = pick(next, COUNTRIES);
  const unaddressable = ladder.rungs.filter((rung) => rung.kind === 'send' && next() < 0.05).map(({ name }) => name);
  const costs = next() < 0.2 ? ladder.rungs.map(() => Math.floor(next() * 50_000)) : undefined;
  take(world, {
    ...{ type: 'Invoked', unaddressable, timezone: null, sendAt: null },
    ...(country && { country }),
    ...(costs && { costs }),
  });
  const control = next() < 0.04 ? 60_000 * next() : null;
  const type = next() < 0.5 ? 'CancelRequested' : 'CompleteRequested';
  if (control !== null) put(world, control, () => ({ type }));
  for (let turn = 0; turn < MOST_TURNS && passOn(world); turn++);
  return world.records;
}

/** The next thing that is due, or the next deadline. False: nothing more will happen. */
function passOn(world: World): boolean {
  const first = world.due.reduce<World['due'][number] | null>((a, b) => (a && a.at <= b.at ? a : b), null);
  const wakeAt = nextWakeAt(world.state);
  if (first && (wakeAt === null || first.at <= wakeAt)) {
    world.due.splice(world.due.indexOf(first), 1);
    world.now = Math.max(world.now, first.at);
    take(world, first.input());
    return true;
  }
  if (wakeAt === null) return false;
  world.now = Math.max(world.now, wakeAt);
  take(world, { type: 'TimerFired' });
  return true;
}

function put(world: World, afterMs: number, input: () => Input): void {
  world.due.push({ at: world.now + Math.round(afterMs), input });
}

function take(world: World, input: Input): void {
  const { state, events, commands } = decide(world.state, input, world.now);
  world.state = state;
  if (events.length > 0) world.records.push(toRecord(world.id, world.ladder, events));
  for (const command of commands) carryOut(world, command);
}

function carryOut(world: World, command: Command): void {
  const { next } = world;
  if (command.type === 'SuppressAddress') return;
  const at = { step: command.step, attempt: command.attempt };
  if (command.type === 'Send') return send(world, at);
  if (command.type === 'Recall') {
    const done = next() < 0.5;
    return put(world, 3_000 * next(), () =>
      done ? { type: 'RecallConfirmed', ...at } : { type: 'RecallFailed', ...at, code: null },
    );
  }
  const known = pick(next, ['yes', 'no', 'unknown'] as const);
  const outcome = known === 'yes' ? { known, providerMessageId: null, costMicros: null } : { known };
  put(world, 500 * next(), () => ({ type: 'LookupAnswered', ...at, outcome }));
}

type At = { step: string; attempt: number };

function send(world: World, at: At): void {
  const { next } = world;
  const luck = world.calm ? 1 : next();
  const answersIn = 20 + 400 * next();
  const reason: Reason = pick(next, luck < 0.04 ? GATES : REASONS);
  const rung = sendRungOf(world.ladder, at.step) as SendRung;
  put(world, answersIn, () => {
    if (!isWanted(world.state, at.step, at.attempt)) return { type: 'SendDropped', ...at };
    if (luck < 0.04) return { type: 'SendBlocked', ...at, reason };
    if (luck < 0.12) return { type: 'SendRejected', ...at, reason, code: null, retryAfterMs: null };
    receipts(world, at, rung);
    if (luck < 0.16) return { type: 'SendUncertain', ...at };
    return { type: 'SendAccepted', ...at, providerMessageId: null, costMicros: next() < 0.1 ? 1_234 : null };
  });
  // Of a message that was taken, before anybody has said so.
  if (luck >= 0.16 && luck < 0.19) receiptIn(world, answersIn / 2, at, 'delivered');
}

/** What a provider may say of one message. Of failures one at most: which of several counts is told elsewhere. */
function receipts(world: World, at: At, rung: SendRung): void {
  const { next } = world;
  if (world.calm) return receiptIn(world, 50 + 600 * next(), at, 'delivered');
  const luck = next();
  // From 20 ms to some ten times what the step waits.
  const delay = 20 * Math.exp(next() ** 2 * Math.log((rung.timeoutMs * 10) / 20));
  if (luck < 0.15) return;
  if (next() < 0.3) receiptIn(world, delay * next(), at, 'sent');
  if (luck < 0.27) receiptIn(world, delay, at, pick(next, ['undelivered', 'failed', 'expired']), pick(next, REASONS));
  if (luck > 0.25) receiptIn(world, delay * (luck < 0.3 ? 2 : 1), at, 'delivered');
  if (luck > 0.7) receiptIn(world, delay + 20_000 * next(), at, pick(next, ['read', 'read', 'clicked', 'replied']));
}

function receiptIn(world: World, afterMs: number, at: At, status: ReceiptStatus, reason: Reason | null = null): void {
  const { next } = world;
  const cost = next() < 0.05 ? Math.floor(next() * 60_000) : null;
  const told = world.now + Math.round(afterMs) - Math.floor(next() * 200);
  const receipt: ReceiptInput = {
    ...{ type: 'ReceiptArrived', ...at, status, reason, code: null, at: told, providerMessageId: null },
    costMicros: cost,
  };
  put(world, afterMs, () => receipt);
  // Providers say things twice, now and then much later.
  if (next() < 0.15) put(world, afterMs + 90_000 * next(), () => receipt);
}

function pick<T>(next: Random, list: readonly T[]): T {
  return list[Math.floor(next() * list.length)] as T;
}
