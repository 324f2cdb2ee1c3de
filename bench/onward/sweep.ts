import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationView } from '../../schemas/invocation';
import type { OnwardClient } from './client';

const PAGE = 200;
/** How long the read model, which follows the log, may take to have shown every run. */
const PATIENCE_MS = 60_000;

interface Page {
  items: Pick<InvocationView, 'id' | 'status' | 'endedAt'>[];
  nextCursor: string | null;
}

/** The load generator's clock is set at a tick of the server's: what differs is less than this. */
const CLOCK_SLACK_MS = 100;

/**
 * After the load: reads every run from the server's own list and gives the time that each ended at, in ms since 1970.
 * @param since when the first of them was begun, so that older runs need not be read
 * @throws when one of them is missing or has not succeeded: then nothing of the trial counts
 */
export async function endsOf(
  server: Pick<OnwardClient, 'get'>,
  ids: ReadonlySet<string>,
  since: number,
): Promise<Map<string, number>> {
  const from = new Date(since - CLOCK_SLACK_MS).toISOString();
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const ends = await succeededOf(server, ids, from);
    if (ends.size === ids.size) return ends;
    if (Date.now() > until) throw new Error(`${ids.size - ends.size} of ${ids.size} runs have not succeeded`);
    await pause(250);
  }
}

async function succeededOf(
  server: Pick<OnwardClient, 'get'>,
  ids: ReadonlySet<string>,
  from: string,
): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page = await server.get<Page>(`/invocations?status=succeeded&from=${from}&limit=${PAGE}${after}`);
    for (const { id, endedAt } of page.items) if (ids.has(id) && endedAt) ends.set(id, Date.parse(endedAt));
    cursor = page.nextCursor;
  } while (cursor !== null && ends.size < ids.size);
  return ends;
}
