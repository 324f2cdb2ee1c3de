import { setTimeout as pause } from 'node:timers/promises';
import type { InvocationView } from '../../schemas/invocation';
import type { OnwardServer } from './start';

const PAGE = 200;
/** How long the read model, which follows the log, may take to have shown every run. */
const PATIENCE_MS = 60_000;

interface Page {
  items: Pick<InvocationView, 'id' | 'status' | 'endedAt'>[];
  nextCursor: string | null;
}

/**
 * After the load: reads every run from the server's own list and gives the time that each ended at, in ms since 1970.
 * @throws when one of them is missing or has not succeeded: then nothing of the trial counts
 */
export async function endsOf(server: OnwardServer, ids: ReadonlySet<string>): Promise<Map<string, number>> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const ends = await succeededOf(server, ids);
    if (ends.size === ids.size) return ends;
    if (Date.now() > until) throw new Error(`${ids.size - ends.size} of ${ids.size} runs have not succeeded`);
    await pause(250);
  }
}

async function succeededOf(server: OnwardServer, ids: ReadonlySet<string>): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page = await server.get<Page>(`/invocations?status=succeeded&limit=${PAGE}${after}`);
    for (const { id, endedAt } of page.items) if (ids.has(id) && endedAt) ends.set(id, Date.parse(endedAt));
    cursor = page.nextCursor;
  } while (cursor !== null && ends.size < ids.size);
  return ends;
}
