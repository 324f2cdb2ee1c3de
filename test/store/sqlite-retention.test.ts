import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Ladder } from '../../core/ladder';
import { SqliteLog } from '../../log/sqlite/log';
import type { EventRecord } from '../../schemas/event';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { asLogged, projectorOver, publishSample } from '../support/projected-runs';
import { fallbackRun, sampleRecord } from '../support/sample-runs';
import { temporaryFolder } from '../support/temporary-folder';
import { holdWriteLock } from '../support/write-lock';

const T0 = 1_700_000_000_000;
const LATER = T0 + 3_600_000;
const root = temporaryFolder();

async function openHouse() {
  const folder = mkdtempSync(join(root, 'data-'));
  const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  const seal = createSeal('a secret');
  const viewsFile = join(folder, 'views.db');
  const callbacksFile = join(folder, 'callbacks.db');
  const store = openSqliteStore({ group, viewsFile, callbacksFile, seal, catalog: {} });
  const views = createSqliteViews(viewsFile);
  const ladder: Ladder = await publishSample(store, 'a', 'wf_a', T0);
  const projector = projectorOver(views, store, [ladder], seal.hash);
  let logged: EventRecord[] = [];
  return {
    store,
    group,
    viewsFile,
    ladder,
    log,
    /** Appends the records, and folds all that were appended. */
    async take(records: readonly EventRecord[], fold = true): Promise<void> {
      for (const { invocationId } of records) await store.records.put(sampleRecord(invocationId, ladder));
      await log.append(
        'onward.events',
        records.map((record) => ({ key: record.invocationId, value: JSON.stringify(record) })),
      );
      logged = [...logged, ...records];
      if (fold) await projector.project(asLogged(logged));
    },
    async close(): Promise<void> {
      await views.close();
      await log.close();
      await store.close();
      group.close();
    },
  };
}

let house: Awaited<ReturnType<typeof openHouse>>;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const run = (id: string) => fallbackRun(id, house.ladder, T0);
const sweep = (what: 'records' | 'events' | 'invocations', limit = 100) =>
  house.store.retention.sweep(what, LATER, limit);
const rowsOf = (table: string) => {
  const db = openDatabase(house.viewsFile, { durability: 'normal' });
  const row = db.prepare(`SELECT count(*) AS n FROM ${table}`).get([]) as { n: number };
  db.close();
  return row.n;
};

test('the newest row of the log stays: the next position follows on it', async () => {
  await house.take([...run('inv_1'), ...run('inv_2')]);
  expect(await sweep('events')).toBe(1);
  expect(house.log.eventsOf('inv_1')).toEqual([]);
  expect(house.log.eventsOf('inv_2')).toHaveLength(3);
  await house.take(run('inv_3').slice(0, 1));
  expect(house.log.lastPosition('onward.events')).toBe(7);
  expect(await sweep('events')).toBe(1);
  expect(house.log.eventsOf('inv_2')).toEqual([]);
});

test('events that the read model does not have yet stay, and the whole history with them', async () => {
  await house.take([...run('inv_1'), ...run('inv_2')]);
  const late = { ...(run('inv_1')[2] as EventRecord) };
  const events = late.events.slice(-1).map((event) => ({ ...event, seq: 13, type: 'LateReceiptRecorded' as const }));
  const receipt = {
    step: 'whatsapp',
    attempt: 1,
    receiptStatus: 'delivered' as const,
    receiptAt: '2026-11-21T10:00:00.000Z',
  };
  await house.take([{ ...late, events: events.map((event) => ({ ...event, ...receipt })) }], false);
  await house.take(run('inv_3').slice(0, 1), false);
  expect(await sweep('events')).toBe(1);
  expect(house.log.eventsOf('inv_2')).toEqual([]);
  expect(house.log.eventsOf('inv_1')).toHaveLength(4);
  await house.take([]);
  expect(await sweep('events')).toBe(1);
  expect(house.log.eventsOf('inv_1')).toEqual([]);
});

test('events that a group of the log has not passed stay', async () => {
  let taken = 0;
  const stuck = await house.log.subscribe('onward.events', 'slow', async () => {
    taken += 1;
    throw new Error('away');
  });
  await house.take([...run('inv_1'), ...run('inv_2').slice(0, 1)]);
  expect(await sweep('events')).toBe(0);
  expect(taken).toBeGreaterThan(0);
  await stuck.stop();
  const passing = await house.log.subscribe('onward.events', 'slow', async () => {});
  while ((await house.log.lag()).some(({ records }) => records > 0)) await new Promise((done) => setTimeout(done, 5));
  expect(await sweep('events')).toBe(1);
  await passing.stop();
});

test('a run that is still needed leaves nothing of its person in the lists’ file but its end', async () => {
  await house.take([...run('inv_1'), ...run('inv_2').slice(0, 1)]);
  expect(await sweep('invocations')).toBe(1);
  expect([rowsOf('recipients'), rowsOf('messages')]).toEqual([1, 0]);
  expect([rowsOf('invocations WHERE mode < 0'), rowsOf("invocations WHERE state = ''")]).toEqual([1, 1]);
  expect(await sweep('events')).toBe(1);
  expect(await sweep('records')).toBe(1);
  expect(await sweep('invocations')).toBe(0);
  expect(rowsOf('invocations')).toBe(1);
});

test('what comes of a run that was swept holds no other run up', async () => {
  await house.take([...run('inv_1'), ...run('inv_2').slice(0, 1)]);
  await sweep('invocations');
  await house.take(run('inv_2').slice(1));
  const { items } = await house.store.invocations.search({ mode: 'test' }, { limit: 10, cursor: null });
  expect(items.map(({ record, state }) => `${record.id} ${state.status}`)).toEqual(['inv_2 succeeded']);
});

test('a record that was swept is not given from memory either', async () => {
  await house.take([...run('inv_1'), ...run('inv_2').slice(0, 1)]);
  expect(await house.store.records.get('inv_1')).not.toBeNull();
  await sweep('records');
  expect(await house.store.records.get('inv_1')).toBeNull();
  expect(await house.store.records.get('inv_2')).not.toBeNull();
});

test('while another process writes to the lists’ file a sweep waits, and this process does not stand still', async () => {
  await house.take([...run('inv_1'), ...run('inv_2').slice(0, 1)]);
  const { released } = await holdWriteLock(house.viewsFile, 300);
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 10);
  expect(await sweep('invocations')).toBe(1);
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(5);
  await released;
});

test('portions go on where the last one stopped, past what must stay', async () => {
  const runs = Array.from({ length: 12 }, (_, n) => run(`inv_${String(n).padStart(2, '0')}`));
  await house.take(runs.flat());
  expect(await sweep('records', 5)).toBe(5);
  expect(await sweep('records', 5)).toBe(5);
  expect(await sweep('records', 5)).toBe(2);
  await house.take(run('inv_99'));
  expect(await sweep('records', 5)).toBe(1);
});
