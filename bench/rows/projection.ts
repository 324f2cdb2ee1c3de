import { join } from 'node:path';
import { composeProjector } from '../../cli/compose';
import { decide } from '../../core/decide';
import type { Input } from '../../core/input';
import { compileLadder, type Ladder } from '../../core/ladder';
import { initialState, type State } from '../../core/state';
import { Journal } from '../../embedded/journal';
import { SqliteLog } from '../../log/sqlite';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { perSecond, whole } from '../amounts';
import { FLOWS } from '../onward/flows';
import type { Bench, Row } from '../row';
import { throwawayFolder } from '../throwaway-folder';

const GOAL = 10_000;
const SECRET = 'a secret for the benchmark alone';
const RUNS = { quick: 5_000, full: 30_000 } as const;
/** Runs that are under way at once in the log that is made. */
const SIDE_BY_SIDE = 250;
const INPUTS: Input[] = [
  { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null },
  { type: 'SendAccepted', step: 'first', attempt: 1, providerMessageId: null, costMicros: 35_500 },
  {
    type: 'ReceiptArrived',
    step: 'first',
    attempt: 1,
    status: 'delivered',
    reason: null,
    code: null,
    at: null,
    providerMessageId: null,
    costMicros: null,
  },
];

export async function projection(bench: Bench): Promise<Row> {
  const runs = bench.options.quick ? RUNS.quick : RUNS.full;
  const folder = throwawayFolder(bench.options.dataParent);
  try {
    bench.say('projection: writing a log');
    const events = await writeLog(folder.path, runs);
    bench.say('projection: folding it');
    const seconds = await foldLog(folder.path);
    const rate = events / seconds;
    const line = {
      what: 'Onward',
      value: `${perSecond(rate)}  ${whole(events)} events of ${whole(runs)} runs in ${seconds.toFixed(1)} s`,
      result: perSecond(rate),
      goal: `>= ${perSecond(GOAL)}`,
      met: rate >= GOAL,
      figures: { eventsPerSecond: rate, events, runs, seconds },
    };
    return {
      row: 'projection',
      title: 'Projection on SQLite: events folded into the read model',
      lines: [line],
      notes: [
        'As the server’s projection thread does it, with nothing else under way: log read, each invocation’s sealed record opened, states folded, views written. The log is the embedded engine’s own.',
      ],
    };
  } finally {
    await folder.remove();
  }
}

/** @returns how many events there are */
async function writeLog(folder: string, runs: number): Promise<number> {
  const group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'normal' }));
  const seal = createSeal(SECRET);
  const store = openSqliteStore({ group, viewsFile: join(folder, 'views.db'), seal, catalog: PROVIDER_CATALOG });
  const log = new SqliteLog(group);
  const journal = new Journal(group, log);
  const { workflowId, ...definition } = FLOWS.wf_bench;
  const flow = await store.flows.create(definition, 'wf_bench', Date.now());
  if (typeof flow === 'string') throw new Error(flow);
  await store.flows.publish(flow.id, definition, null, Date.now());
  const identity = { flowId: flow.id, workflowId: 'wf_bench', version: 1, mode: 'test' as const };
  const ladder = compileLadder(definition, identity, PROVIDER_CATALOG);
  let events = 0;
  for (let first = 0; first < runs; first += SIDE_BY_SIDE) {
    const ids = Array.from({ length: Math.min(SIDE_BY_SIDE, runs - first) }, (_, n) => idOf(first + n));
    for (const id of ids) void store.records.put(recordOf(id, flow.id));
    events += writeRuns(journal, ladder, ids);
    await group.flushed();
  }
  await log.close();
  await store.close();
  group.close();
  return events;
}

function writeRuns(journal: Journal, ladder: Ladder, ids: readonly string[]): number {
  const states = new Map<string, State>();
  let events = 0;
  for (const input of INPUTS) {
    for (const id of ids) {
      const decision = decide(states.get(id) ?? initialState(ladder), accepted(input, id), Date.now());
      states.set(id, decision.state);
      journal.add(id, ladder, decision.events);
      events += decision.events.length;
    }
  }
  return events;
}

/** Each message has a name of its provider’s own, which the read model is searched by. */
function accepted(input: Input, id: string): Input {
  return input.type === 'SendAccepted' ? { ...input, providerMessageId: `sbx_${id}` } : input;
}

function idOf(n: number): string {
  return `inv_${String(n).padStart(26, '0')}`;
}

function recordOf(id: string, flowId: string) {
  return {
    id,
    flowId,
    workflowId: 'wf_bench',
    flowVersion: 1,
    mode: 'test' as const,
    keyId: 'key_test',
    externalId: null,
    metadata: null,
    createdAt: Date.now(),
    recipient: { phone: '+393351234567' },
    variables: { code: '493021' },
    sandbox: { first: 'silent' },
  };
}

/** @returns seconds */
async function foldLog(dataFolder: string): Promise<number> {
  const report = (_: unknown, cause: Error) => {
    throw cause;
  };
  const projector = await composeProjector({ dataFolder, secret: SECRET, report });
  try {
    const startedAt = performance.now();
    while (await projector.step());
    return (performance.now() - startedAt) / 1000;
  } finally {
    await projector.close();
  }
}
