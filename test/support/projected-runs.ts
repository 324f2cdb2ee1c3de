import { fold } from '../../core/evolve';
import { compileLadder, type Ladder } from '../../core/ladder';
import { initialState } from '../../core/state';
import { fromWire } from '../../core/wire';
import type { LogRecord } from '../../log/contract';
import { createProjector, type Projector } from '../../projection/project';
import { countsBetween } from '../../projection/rollup';
import type { EventRecord } from '../../schemas/event';
import type { Rollup, Store, ViewBatch, ViewWriter } from '../../store/contract';
import { sampleDefinition } from './sample-runs';

/** The sample flow, published under a name of its own. */
export async function publishSample(store: Store, name: string, workflowId: string, at: number): Promise<Ladder> {
  const flow = await store.flows.create({ ...sampleDefinition, name }, workflowId, at);
  if (typeof flow === 'string') throw new Error(flow);
  const version = await store.flows.publish(flow.id, sampleDefinition, null, at);
  const identity = { flowId: flow.id, workflowId, version: version?.version ?? 0, mode: 'test' } as const;
  return compileLadder(sampleDefinition, identity, {});
}

/** The runs' records as the log has them, positions from 1. */
export function asLogged(records: readonly EventRecord[], partition = 0): LogRecord[] {
  return records.map((record, at) => ({
    topic: 'onward.events',
    partition,
    position: at + 1,
    key: record.invocationId,
    value: JSON.stringify(record),
  }));
}

/** The records of several runs, taken in turns. */
export function mixed(runs: readonly EventRecord[][]): EventRecord[] {
  const longest = Math.max(...runs.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => runs.flatMap((records) => records.slice(at, at + 1))).flat();
}

/** A projector over that writer; a record that cannot be folded in fails the test. */
export function projectorOver(
  views: ViewWriter,
  store: Pick<Store, 'records'>,
  ladders: readonly Ladder[],
  hash: (address: string) => string,
): Projector {
  return createProjector({
    views,
    records: store.records,
    ladders: async (flowId) => ladders.find((ladder) => ladder.flowId === flowId) ?? null,
    hash,
    report: (_record, cause) => {
      throw cause;
    },
  });
}

/**
 * A process that consumes the same partition and knows nothing of the others: it reads its own writes alone, as if all
 * that it ever read had been read before the others wrote.
 */
export function aloneOn(views: ViewWriter, written: ViewBatch[] = []): ViewWriter {
  const positions = new Map<number, number>();
  const states = new Map<string, string>();
  return {
    position: async (partition) => positions.get(partition) ?? null,
    states: async (ids) => new Map([...states].filter(([id]) => ids.includes(id))),
    async write(batch) {
      written.push(batch);
      await views.write(batch);
      positions.set(batch.partition, batch.position);
      for (const { id, state } of batch.runs) states.set(id, state);
    },
    close: async () => {},
  };
}

/** What a fold of the events gives: each event of a run once. In the order of RollupIndex.find, without zeros. */
export function rollupsOf(records: readonly EventRecord[], ladders: readonly Ladder[]): Rollup[] {
  const sums = new Map<string, Rollup>();
  for (const id of new Set(records.map(({ invocationId }) => invocationId))) {
    const its = records.filter(({ invocationId }) => invocationId === id);
    const ladder = ladders.find(({ flowId }) => flowId === its[0]?.flowId);
    if (!ladder) throw new Error('a run of no flow');
    const events = new Map(its.flatMap(({ events }) => events.map((event) => [event.seq, fromWire(event)])));
    const state = fold(ladder, [...events.values()]);
    for (const { key, counts } of countsBetween(initialState(ladder), state)) {
      const sum = sums.get(JSON.stringify(key)) ?? { key, counts: {} };
      for (const [name, count] of Object.entries(counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count;
      sums.set(JSON.stringify(key), sum);
    }
  }
  return withoutZeros([...sums.values()].sort(inOrder));
}

function inOrder({ key: a }: Rollup, { key: b }: Rollup): number {
  return (
    a.hour - b.hour ||
    by(a.flowId, b.flowId) ||
    a.flowVersion - b.flowVersion ||
    by(a.step, b.step) ||
    by(a.country, b.country)
  );
}

function by(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** A count that came to nothing may be kept or left out, and so may a rollup that has no other. */
export function withoutZeros(rollups: readonly Rollup[]): Rollup[] {
  return rollups
    .map(({ key, counts }) => ({
      key,
      counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    }))
    .filter(({ counts }) => Object.keys(counts).length > 0);
}
