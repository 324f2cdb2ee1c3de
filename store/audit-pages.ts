import type { AuditEntry, Page, PageRequest } from './contract';
import { fetchPage, type Place } from './cursor';

/** An entry as it is stored, with its stage. */
export interface StagedEntry {
  entry: AuditEntry;
  done: boolean;
}

/**
 * A page of entries, of each its last stage. Both stages of one stand side by side, since they have one time and one ID.
 * @param read so many below that place, newest first, of one entry `done` before `begun`
 */
export function auditPage(
  page: PageRequest,
  read: (after: Place | null, limit: number) => Promise<StagedEntry[]>,
): Promise<Page<AuditEntry>> {
  return fetchPage(
    page,
    'string',
    async (after, limit) => {
      const staged = await read(after, 2 * limit);
      const entries = new Map<string, AuditEntry>();
      for (const { entry } of staged) if (!entries.has(entry.id)) entries.set(entry.id, entry);
      return [...entries.values()].slice(0, limit);
    },
    ({ at, id }) => [at, id],
  );
}

/** What stands before the dot. */
export function areaOf(action: string): string {
  return action.split('.', 1)[0] ?? action;
}
