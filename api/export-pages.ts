import type { ExportDataset, ExportRow } from '../schemas/export';
import type { IndexedInvocation, InvocationQuery, RollupQuery } from '../store/contract';
import { attemptRows, eventRows, invocationRow } from './export-rows';
import { rollupPages } from './rollup-pages';
import { runPages } from './run-pages';
import type { Services } from './services';

/** Runs a page: what a page costs is the longest that others wait for their turn. */
export const RUNS_A_PAGE = 100;
/** Histories that are read side by side, and rows of which are in hand. */
const HISTORIES_AT_ONCE = 20;

/** What is to be exported, judged. */
export type Wanted =
  | { dataset: Exclude<ExportDataset, 'rollups'>; query: InvocationQuery }
  | { dataset: 'rollups'; query: RollupQuery };

/**
 * Rows page by page, each read when it is asked for. Resolves once the first one is read, so that a store that is away
 * is told before the answer begins.
 * @param closed nothing more is read once it is aborted
 */
export async function exportPages(
  services: Services,
  wanted: Wanted,
  closed: AbortSignal,
): Promise<AsyncIterable<readonly ExportRow[]>> {
  const { store } = services;
  if (wanted.dataset === 'rollups') return untilClosed(await rollupPages(store, wanted.query), closed);
  const { dataset, query } = wanted;
  const without = dataset === 'invocations' ? undefined : 'metadata';
  const first = await store.invocations.search(query, { limit: RUNS_A_PAGE, cursor: null }, without);
  const pages = untilClosed(runPages(store.invocations, query, first, RUNS_A_PAGE, without), closed);
  if (dataset === 'events') return untilClosed(eventPages(services, pages), closed);
  return dataset === 'attempts' ? mapPages(pages, attemptRows) : mapPages(pages, (run) => [invocationRow(run)]);
}

async function* mapPages(
  pages: AsyncIterable<readonly IndexedInvocation[]>,
  rowsOf: (run: IndexedInvocation) => ExportRow[],
): AsyncGenerator<ExportRow[]> {
  for await (const page of pages) yield page.flatMap((run) => rowsOf(run));
}

async function* eventPages(
  { engine }: Services,
  pages: AsyncIterable<readonly IndexedInvocation[]>,
): AsyncGenerator<ExportRow[]> {
  for await (const page of pages) {
    for (let from = 0; from < page.length; from += HISTORIES_AT_ONCE) {
      const runs = page.slice(from, from + HISTORIES_AT_ONCE);
      const rows = runs.map(async (run) => eventRows(run, await engine.history(run.record.id, 0)));
      yield (await Promise.all(rows)).flat();
    }
  }
}

async function* untilClosed<T>(pages: AsyncIterable<T>, closed: AbortSignal): AsyncGenerator<T> {
  if (closed.aborted) return;
  for await (const page of pages) {
    yield page;
    if (closed.aborted) return;
  }
}
