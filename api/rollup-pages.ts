import { setImmediate as turn } from 'node:timers/promises';
import type { ExportRow } from '../schemas/export';
import type { Rollup, RollupQuery, Store } from '../store/contract';
import { rollupRow } from './export-rows';

const HOUR_MS = 3_600_000;
/** A stretch of hours grows while it finds little; never beyond a day, so that a busy one is no surprise. */
const STRETCH = { most: 24, few: 500 } as const;

type Rollups = Pick<Store, 'rollups' | 'flows'>;

/** The rollups that match, newest hour first, some hours at a time. Resolves once the first stretch is read. */
export async function rollupPages(
  { rollups, flows }: Rollups,
  query: RollupQuery,
): Promise<AsyncIterable<ExportRow[]>> {
  const span = await rollups.span(query);
  const workflowIdOf = workflowIds(flows);
  const rowsOf = async (found: readonly Rollup[]) => {
    const rows: ExportRow[] = [];
    for (const rollup of found.toReversed()) rows.push(rollupRow(rollup, await workflowIdOf(rollup.key.flowId)));
    return rows;
  };
  const read = (from: number, to: number) => rollups.find({ ...query, from: Math.max(from, span?.first ?? 0), to });
  const top = span ? Math.min(span.last + HOUR_MS, query.to ?? Number.POSITIVE_INFINITY) : 0;
  const first = span ? await read(span.last, top) : [];

  async function* pages(): AsyncGenerator<ExportRow[]> {
    if (!span) return;
    yield await rowsOf(first);
    let hours = 1;
    for (let to = span.last; to > span.first; ) {
      await turn();
      const found = await read(to - hours * HOUR_MS, to);
      to -= hours * HOUR_MS;
      hours = found.length < STRETCH.few ? Math.min(hours * 2, STRETCH.most) : 1;
      if (found.length > 0) yield await rowsOf(found);
    }
  }
  return pages();
}

function workflowIds(flows: Store['flows']): (flowId: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (flowId) => {
    let workflowId = known.get(flowId);
    if (workflowId === undefined) {
      workflowId = (await flows.get(flowId))?.workflowId ?? '';
      known.set(flowId, workflowId);
    }
    return workflowId;
  };
}
