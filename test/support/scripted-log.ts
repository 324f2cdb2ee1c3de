import { setTimeout as pause } from 'node:timers/promises';
import { fold } from '../../core/evolve';
import { dumpState } from '../../core/state-json';
import { fromWire, toWire } from '../../core/wire';
import type { EventRecord } from '../../schemas/event';
import { historyOf } from '../../temporal/histories';
import { eventLine } from '../scenarios/scenario';
import type { ScriptedRun } from './scripted-workers';

const PATIENCE_MS = 20_000;

function lines({ events }: EventRecord): string[] {
  return events.map((event) => eventLine(fromWire(event)));
}

/** @param what how the line of one of its events begins */
export function tells(record: EventRecord, what: string): boolean {
  return lines(record).some((line) => line.startsWith(what));
}

/** Does so for the first record, among what it is called with, that tells of it. */
export function once(what: string, then: () => Promise<void>): (payload: unknown) => Promise<void> {
  let done = false;
  return async (payload) => {
    if (done || !isRecord(payload) || !tells(payload, what)) return;
    done = true;
    await then();
  };
}

function isRecord(value: unknown): value is EventRecord {
  return typeof value === 'object' && value !== null && 'events' in value && Array.isArray(value.events);
}

export async function told(run: ScriptedRun, what: string): Promise<void> {
  await until(async () => run.records.some((record) => tells(record, what)), `the log to be told of ${what}`);
}

export async function turnIsLost(run: ScriptedRun): Promise<void> {
  await until(async () => (await turnsLost(run)) > 0, 'a turn to be lost');
}

export async function turnsLost({ handle }: ScriptedRun): Promise<number> {
  const { events } = await handle.fetchHistory();
  const lost = (events ?? []).filter(
    (e) => e.workflowTaskFailedEventAttributes || e.workflowTaskTimedOutEventAttributes,
  );
  return lost.length;
}

export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await holds()); await pause(50)) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}

/**
 * The history that readers find in the log, as lines. An event that was told twice was told the same, and the whole of
 * it comes to the workflow's own state.
 */
export async function logThatAgrees({ ladder, records, handle }: ScriptedRun): Promise<string[]> {
  const values = records.map((record) => JSON.stringify(record));
  const events = historyOf(values)?.events ?? [];
  const read = events.map((event) => toWire(event));
  for (const record of records) for (const event of record.events) expect(event).toEqual(read[event.seq - 1]);
  expect(JSON.parse(dumpState(fold(ladder, events)))).toEqual(await handle.query('state'));
  return events.map(eventLine);
}
