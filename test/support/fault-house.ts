import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Ladder } from '../../core/ladder';
import type { EventRecord, WireEvent } from '../../schemas/event';
import type { Receipt } from '../../schemas/receipt';
import { createPayloadCodec } from '../../temporal/codec';
import { connectTemporal } from '../../temporal/connection';
import type { InvocationResult } from '../../workflows/contract';
import { TASK_QUEUE } from '../../workflows/contract';
import { prepareHouse } from '../scenarios/run-in-house';
import { HOUSE_SECRET } from './house';
import { forAll } from './load';
import { startInHouse } from './run-in-house';
import { openTemporalHouse, type TemporalHouse, type TemporalHouseOptions } from './temporal-house';

/** A house on Temporal whose runs are looked at from three sides: the log, the workflows themselves, the provider. */
export interface FaultHouse extends TemporalHouse {
  client: Client;
  /** Starts that many runs, some at a time. Resolves with their IDs. */
  startRuns(ladder: Ladder, count: number, scriptsOf: (n: number) => Record<string, string>): Promise<string[]>;
  /** Starts runs until told to stop; what is refused meanwhile is counted. */
  startUntil(ladder: Ladder, load: Load): Promise<{ ids: string[]; refusals: Refusal[] }>;
  /** The log's records of a run in the order in which they were written, all events in one list. */
  told(id: string): WireEvent[];
  /** Resolves once every run's log has an event of one of the types; rejects, with who has none, after `withinMs`. */
  untilTold(ids: readonly string[], types: readonly WireEvent['type'][], withinMs: number): Promise<void>;
  /** What is not as it has to be, in sentences. Waits for each run's workflow to close. */
  complaints(ids: readonly string[], withinMs?: number): Promise<string[]>;
}

export interface Load {
  parallel: number;
  /** Between one start and the next of the same lane. */
  everyMs: number;
  stopped(): boolean;
  scriptsOf(n: number): Record<string, string>;
}

export interface Refusal {
  error: unknown;
  tookMs: number;
}

export const ENDS = [
  'InvocationSucceeded',
  'InvocationFailed',
  'InvocationCancelled',
  'InvocationExpired',
] as const satisfies WireEvent['type'][];

const STARTS_AT_ONCE = 12;
const LOOKS_AT_ONCE = 24;
const LOOK_EVERY_MS = 20;
const CLOSES_WITHIN_MS = 60_000;

export async function openFaultHouse(options: TemporalHouseOptions): Promise<FaultHouse> {
  const house = await openTemporalHouse(options);
  await prepareHouse(house);
  const settings = { address: options.address, namespace: 'default', taskQueue: TASK_QUEUE, connection: {} };
  const client = await connectTemporal({ settings, codec: createPayloadCodec(HOUSE_SECRET) });
  const told = (id: string) =>
    house.log.eventsOf(id).flatMap((value) => (JSON.parse(value) as EventRecord).events as WireEvent[]);
  return {
    ...house,
    client,
    told,
    async startRuns(ladder, count, scriptsOf) {
      const ids: string[] = [];
      const numbers = Array.from({ length: count }, (_, n) => n);
      await forAll(numbers, STARTS_AT_ONCE, async (n) => {
        ids[n] = await startInHouse(house, ladder, { sandbox: scriptsOf(n) });
      });
      return ids;
    },
    startUntil: (ladder, load) => startUntil(house, ladder, load),
    async untilTold(ids, types, withinMs) {
      const waiting = await untilTold(told, ids, types, withinMs);
      const [example] = waiting;
      if (example === undefined) return;
      const heard = told(example).map(({ type }) => type);
      const lack = `${waiting.length} of ${ids.length} have no ${types.join(' or ')}: ${heard.join(', ')}`;
      throw new Error(`${lack}; ${await underWay(client, example)}`);
    },
    async complaints(ids, withinMs = CLOSES_WITHIN_MS) {
      const found: string[] = [];
      const until = Date.now() + withinMs;
      await forAll(ids, LOOKS_AT_ONCE, async (id) => {
        const result = await client.withDeadline(until, () => client.workflow.getHandle(id).result());
        const sent = (await house.api.sandbox.messages(id)).map(({ step, attempt }) => `${step}#${attempt}`);
        for (const complaint of judge(told(id), result as InvocationResult, sent)) found.push(`${id} ${complaint}`);
      });
      return found;
    },
    async remove() {
      await client.connection.close();
      await house.remove();
    },
  };
}

async function startUntil(house: TemporalHouse, ladder: Ladder, load: Load) {
  const ids: string[] = [];
  const refusals: Refusal[] = [];
  let n = 0;
  const lane = async () => {
    while (!load.stopped()) {
      const startedAt = Date.now();
      try {
        ids.push(await startInHouse(house, ladder, { sandbox: load.scriptsOf(n++) }));
      } catch (error) {
        refusals.push({ error, tookMs: Date.now() - startedAt });
      }
      await pause(load.everyMs);
    }
  };
  await Promise.all(Array.from({ length: load.parallel }, lane));
  return { ids, refusals };
}

/** @returns who still has none of them when the time is over */
async function untilTold(
  told: FaultHouse['told'],
  ids: readonly string[],
  types: readonly WireEvent['type'][],
  withinMs: number,
): Promise<string[]> {
  const until = Date.now() + withinMs;
  const lacks = (id: string) => !told(id).some(({ type }) => types.includes(type));
  let waiting = ids.filter(lacks);
  for (; waiting.length > 0 && Date.now() <= until; waiting = waiting.filter(lacks)) await pause(LOOK_EVERY_MS);
  return waiting;
}

/** What Temporal has in hand for a run: it tells whether the run waits for us or for the server. */
async function underWay(client: Client, id: string): Promise<string> {
  const { status, historyLength, raw } = await client.workflow.getHandle(id).describe();
  const { pendingActivities, pendingWorkflowTask } = raw;
  const activities = (pendingActivities ?? []).map(({ activityType, attempt, state, lastFailure }) => {
    return [activityType?.name, attempt, state, lastFailure?.message].join(' ');
  });
  const task = pendingWorkflowTask
    ? `a turn ${[pendingWorkflowTask.attempt, pendingWorkflowTask.state].join(' ')}`
    : '';
  const all = [...activities, task].filter((one) => one !== '').join(', ');
  return `${id} is ${status.name} at event ${historyLength}, under way: ${all || 'nothing'}`;
}

/** What may still be told of a run that has closed. */
const AFTERWARDS: ReadonlySet<string> = new Set(['ReceiptRecorded', 'LateReceiptRecorded', 'DuplicateDetected']);

/** The rules of the design, section 3, that no fault may break. */
function judge(told: readonly WireEvent[], result: InvocationResult, sent: readonly string[]): string[] {
  const complaints: string[] = [];
  const events: WireEvent[] = [];
  for (const event of told) {
    const known = events[event.seq - 1];
    if (known && JSON.stringify(known) !== JSON.stringify(event)) {
      complaints.push(`has two events ${event.seq}: ${known.type} and ${event.type}`);
    } else if (!known && event.seq !== events.length + 1) {
      complaints.push(`has event ${event.seq} after event ${events.length}`);
    }
    if (!known) events[event.seq - 1] = event;
  }
  const ends = events.filter(({ type }) => (ENDS as readonly string[]).includes(type));
  const types = events.map(({ type }) => type).join(', ');
  if (ends.length !== 1) complaints.push(`ends ${ends.length} times: ${types}`);
  else if (ends[0]?.type.toLowerCase() !== `invocation${result.status}`) {
    complaints.push(`ends with ${ends[0]?.type}, and its workflow came to ${result.status}`);
  }
  if (events.length < result.events) complaints.push(`lacks events: ${events.length} of ${result.events}`);
  const later = events.slice(result.events).filter(({ type }) => !AFTERWARDS.has(type));
  if (later.length > 0) complaints.push(`goes on after its workflow closed at ${result.events}: ${types}`);
  return [...complaints, ...judgeSends(events, sent)];
}

/** No attempt twice at the provider, marked uncertain or not, and none that was not decided. */
function judgeSends(events: readonly WireEvent[], sent: readonly string[]): string[] {
  const named = (type: WireEvent['type']) =>
    new Set(events.filter((event) => event.type === type).map(({ step, attempt }) => `${step}#${attempt}`));
  const requested = named('AttemptRequested');
  const twice = sent.filter((name, n) => sent.indexOf(name) !== n);
  const unasked = sent.filter((name) => !requested.has(name));
  const missing = [...named('AttemptAccepted')].filter((name) => !sent.includes(name));
  return [
    ...twice.map((name) => `was sent twice: ${name}`),
    ...unasked.map((name) => `was sent, and nobody decided so: ${name}`),
    ...missing.map((name) => `counts as accepted, and the provider has not got it: ${name}`),
  ];
}

/** A receipt as one's own gateway would hand it in. */
export function receiptFor(invocationId: string, step: string, more: Partial<Receipt> = {}): Receipt {
  return { invocationId, step, attempt: 1, provider: 'sandbox', status: 'delivered', ...more };
}
