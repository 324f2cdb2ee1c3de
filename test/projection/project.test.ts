import { join } from 'node:path';
import { fold } from '../../core/evolve';
import { loadState } from '../../core/state-json';
import { fromWire } from '../../core/wire';
import type { LogRecord } from '../../log/contract';
import { createProjector, type ProjectorDeps } from '../../projection/project';
import type { EventRecord } from '../../schemas/event';
import type { InvocationRecord, ViewBatch, ViewWriter } from '../../store/contract';
import { createSqliteRollups } from '../../store/sqlite/rollup-index';
import { createSqliteViews } from '../../store/sqlite/views';
import { openViews } from '../../store/sqlite/views-schema';
import { aloneOn, rollupsOf, withoutZeros } from '../support/projected-runs';
import { fallbackRun, recordsOf, sampleLadder, sampleRecord } from '../support/sample-runs';
import { temporaryFolder } from '../support/temporary-folder';

const T0 = 1_700_000_000_000;
const folder = temporaryFolder();
const ladder = sampleLadder();
const IDS = ['inv_1', 'inv_2', 'inv_3', 'inv_4', 'inv_5'];

let files = 0;
let file = '';
let views: ViewWriter;
let reports: string[];

beforeEach(() => {
  file = join(folder, `views-${files++}.db`);
  views = createSqliteViews(file);
  reports = [];
});
afterEach(() => views.close());

/** The runs' records as the log has them, the runs mixed, positions from 1. */
function logged(records: readonly (EventRecord | string)[]): LogRecord[] {
  return records.map((record, at) => ({
    topic: 'onward.events',
    partition: 0,
    position: at + 1,
    key: typeof record === 'string' ? '' : record.invocationId,
    value: typeof record === 'string' ? record : JSON.stringify(record),
  }));
}

function mixed(): LogRecord[] {
  const runs = IDS.map((id, n) => fallbackRun(id, ladder, T0 + n));
  return logged([0, 1, 2].flatMap((at) => runs.flatMap((records) => records.slice(at, at + 1))));
}

function depsOver(over: Partial<ProjectorDeps> = {}): ProjectorDeps {
  const records = new Map<string, InvocationRecord>(IDS.map((id) => [id, sampleRecord(id, ladder)]));
  return {
    views,
    records: {
      put: async () => {},
      get: async (id) => records.get(id) ?? null,
      getMany: async (ids) => new Map([...records].filter(([id]) => ids.includes(id))),
    },
    ladders: async () => ladder,
    hash: (address) => `hash of ${address}`,
    report: (record, cause) => reports.push(`${record.position}: ${cause.message}`),
    ...over,
  };
}

async function expectFoldOf(records: readonly LogRecord[]): Promise<void> {
  const stored = await views.states(IDS);
  for (const id of IDS) {
    const events = records
      .filter((record) => record.key === id)
      .flatMap((record) => (JSON.parse(record.value) as EventRecord).events.map(fromWire));
    const json = stored.get(id);
    expect(json === undefined ? null : loadState(ladder, json)).toEqual(events.length ? fold(ladder, events) : null);
  }
}

test('the read model equals a fold of the events, at every point on the way', async () => {
  const records = mixed();
  const projector = createProjector(depsOver());
  for (let at = 0; at < records.length; at += 4) {
    await projector.project(records.slice(at, at + 4));
    await expectFoldOf(records.slice(0, at + 4));
  }
  expect(reports).toEqual([]);
});

test('one batch of everything comes to the same', async () => {
  expect(await createProjector(depsOver()).project(mixed())).toBe(60);
  await expectFoldOf(mixed());
});

test('after a crash between any two batches a new projector goes on from the file', async () => {
  const records = mixed();
  for (let at = 0; at < records.length; at++) {
    await createProjector(depsOver()).project(records.slice(at, at + 1));
    await views.close();
    views = createSqliteViews(file);
    expect(await views.position(0)).toBe(at + 1);
  }
  await expectFoldOf(records);
});

test('records that come again from the beginning change nothing', async () => {
  const records = mixed();
  await createProjector(depsOver()).project(records);
  expect(await createProjector(depsOver()).project(records)).toBe(0);
  expect(await createProjector(depsOver()).project(records.slice(0, 3))).toBe(0);
  expect(await views.position(0)).toBe(15);
  await expectFoldOf(records);
});

test('a batch that has come in part is folded in from where it is new', async () => {
  const records = mixed();
  const projector = createProjector(depsOver());
  await projector.project(records.slice(0, 9));
  await projector.project(records.slice(4));
  await expectFoldOf(records);
});

test('an event that a producer wrote twice counts once', async () => {
  const records = mixed();
  const twice = [...records, ...records].map((record, at) => ({ ...record, position: at + 1 }));
  const projector = createProjector(depsOver());
  expect(await projector.project(twice.slice(0, 20))).toBe(60);
  expect(await createProjector(depsOver()).project(twice.slice(20))).toBe(0);
  await expectFoldOf(records);
  expect(await views.position(0)).toBe(30);
  expect(reports).toEqual([]);
});

test('a batch that could not be written is folded in exactly once when it comes again', async () => {
  const records = mixed();
  let failing = true;
  const flaky: ViewWriter = {
    ...views,
    write: (batch) => (failing ? Promise.reject(new Error('disk full')) : views.write(batch)),
  };
  const projector = createProjector(depsOver({ views: flaky }));
  await expect(projector.project(records.slice(0, 7))).rejects.toThrow('disk full');
  expect(await views.position(0)).toBeNull();
  failing = false;
  await projector.project(records.slice(0, 7));
  failing = true;
  await expect(projector.project(records.slice(7))).rejects.toThrow('disk full');
  failing = false;
  await projector.project(records.slice(7));
  await expectFoldOf(records);
});

test('a store that is away holds the projection up, and nothing is lost', async () => {
  const records = mixed();
  const away = async () => {
    throw new Error('away');
  };
  await expect(createProjector(depsOver({ ladders: away })).project(records)).rejects.toThrow('away');
  expect(await views.position(0)).toBeNull();
  expect(reports).toEqual([]);
  await createProjector(depsOver()).project(records);
  await expectFoldOf(records);
});

test('a record that can never be folded in is reported and holds nobody else up', async () => {
  const [first, ...rest] = mixed();
  const [, second] = fallbackRun('inv_6', ladder, T0);
  if (!first || !second) throw new Error('no records');
  const unknownStep = recordsOf('inv_7', ladder, T0, [[{ type: 'InvocationStarted' }]]).map((record) => ({
    ...record,
    events: [...record.events, { seq: 2, type: 'StepStarted' as const, at: '2026-11-21T10:00:00.000Z', step: 'fax' }],
  }));
  const broken = ['no JSON', 'null', '{"invocationId":"inv_8"}', second, ...unknownStep];
  const records = [first, ...logged(broken), ...rest].map((record, at) => ({ ...record, position: at + 1 }));
  await createProjector(depsOver()).project(records);
  expect(reports).toHaveLength(5);
  expect(reports[3]).toBe('5: event 4 of inv_6 came after event 0');
  expect(await views.states(['inv_6', 'inv_7', 'inv_8'])).toEqual(new Map());
  await expectFoldOf(mixed());
});

test('a run of a version that is not in the store is reported', async () => {
  await createProjector(depsOver({ ladders: async () => null })).project(mixed().slice(0, 1));
  expect(reports).toEqual(['1: there is no version 1 of flow flw_sample']);
  expect(await views.position(0)).toBe(1);
});

test('a run whose record was erased is still there, without its person', async () => {
  const none = { put: async () => {}, get: async () => null, getMany: async () => new Map() };
  await createProjector(depsOver({ records: none })).project(mixed());
  await expectFoldOf(mixed());
});

test('each partition has a position of its own', async () => {
  const projector = createProjector(depsOver());
  const [a, b] = [fallbackRun('inv_1', ladder, T0), fallbackRun('inv_2', ladder, T0)];
  await projector.project(logged(a));
  await projector.project(logged(b.slice(0, 2)).map((record) => ({ ...record, partition: 1 })));
  expect([await views.position(0), await views.position(1)]).toEqual([3, 2]);
  await expectFoldOf(logged([...a, ...b.slice(0, 2)]));
});

describe('a partition that was with another process meanwhile', () => {
  const fresh = () => createProjector(depsOver());
  const total = async () => {
    const rollups = createSqliteRollups(openViews(file));
    return withoutZeros(await rollups.find({ mode: 'test' }));
  };
  const expected = () =>
    rollupsOf(
      mixed().map((record) => JSON.parse(record.value) as EventRecord),
      [ladder],
    );

  test('goes on from what the store has by now, not from what was held', async () => {
    const records = mixed();
    const ours = fresh();
    await ours.project(records.slice(0, 5));
    await fresh().project(records.slice(5, 10));
    await ours.project(records.slice(10));
    expect(reports).toEqual([]);
    await expectFoldOf(records);
    expect(await total()).toEqual(expected());
  });

  test('is not counted again where a producer repeats what the other process folded in', async () => {
    const records = mixed();
    const ours = fresh();
    await ours.project(records.slice(0, 5));
    await fresh().project(records);
    const repeated = records.slice(5).map((record, at) => ({ ...record, position: 16 + at }));
    expect(await ours.project(repeated)).toBe(0);
    expect(reports).toEqual([]);
    await expectFoldOf(records);
    expect(await total()).toEqual(expected());
  });

  test('is asked anew where a held state does not reach up to the record, though the position tells nothing', async () => {
    const records = mixed();
    let hidden = false;
    const blind: ViewWriter = { ...views, position: async (partition) => (hidden ? 5 : views.position(partition)) };
    const ours = createProjector(depsOver({ views: blind }));
    await ours.project(records.slice(0, 5));
    await fresh().project(records.slice(5, 10));
    hidden = true;
    await ours.project(records.slice(10));
    expect(reports).toEqual([]);
    await expectFoldOf(records);
  });

  test('disturbs no batch of another partition that is in hand', async () => {
    const [a, b] = [fallbackRun('inv_1', ladder, T0), fallbackRun('inv_2', ladder, T0)];
    const ofA = logged(a);
    const ofB = logged(b).map((record) => ({ ...record, partition: 1 }));
    const ours = fresh();
    await ours.project(ofA.slice(0, 1));
    await ours.project(ofB.slice(0, 1));
    await fresh().project(ofB.slice(1, 2));
    await Promise.all([ours.project(ofA.slice(1)), ours.project(ofB.slice(2))]);
    expect(reports).toEqual([]);
    await expectFoldOf([...ofA, ...ofB]);
  });
});

test('each record contributes at its own position, and a batch’s contributions come in their order', async () => {
  const written: ViewBatch[] = [];
  await createProjector(depsOver({ views: aloneOn(views, written) })).project(mixed());
  const positions = written.flatMap(({ contributions }) => contributions.map(({ position }) => position));
  expect(positions).toEqual(positions.toSorted((one, other) => one - other));
  expect(new Set(positions)).toEqual(new Set(mixed().map(({ position }) => position)));
});

test('after a write that failed nothing held is believed: the store may have a part of it', async () => {
  const records = mixed();
  const asked: string[][] = [];
  let failing = false;
  const flaky: ViewWriter = {
    ...views,
    states: (ids) => {
      asked.push([...ids]);
      return views.states(ids);
    },
    write: (batch) => (failing ? Promise.reject(new Error('away')) : views.write(batch)),
  };
  const projector = createProjector(depsOver({ views: flaky }));
  await projector.project(records.slice(0, 5));
  failing = true;
  await expect(projector.project(records.slice(5, 7))).rejects.toThrow('away');
  failing = false;
  asked.length = 0;
  await projector.project(records.slice(5));
  expect(asked).toEqual([['inv_1', 'inv_2']]);
  await expectFoldOf(records);
});
