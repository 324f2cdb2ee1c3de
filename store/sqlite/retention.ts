import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { GroupCommit } from '../../sqlite/group-commit';
import type { SqliteDatabase } from '../../sqlite/open';
import type { Retained, RetentionStore } from '../contract';
import { DELIVERY_CODES } from './callbacks-schema';
import { type EndedRun, endedRuns, type Place, START } from './ended-runs';
import { rejectionsSweep } from './rejections';
import { rollupsSweep } from './rollups-sweep';
import { runEvents } from './run-events';
import { UNLISTED } from './view-codes';

/** Runs looked at in one turn of the event loop: a few milliseconds. */
const PORTION = 200;
/** How long another writer of views.db is waited for. */
const BUSY = { pauseMs: 5, patienceMs: 10_000 } as const;

export interface RetentionFiles {
  /** Of onward.db: what goes there goes with the groups of the journal. */
  group: GroupCommit;
  /**
   * A connection to views.db that waits for nobody (busy_timeout 0). The projection writes there too: the sweep asks
   * for the write lock, tries again in a later turn when it is taken, and holds it for one portion. The projection's
   * own writer waits for that by its busy_timeout, and keeps nothing in memory that a sweep would make wrong: rollups
   * and positions are read within its transaction, and a run that is swept had ended long before.
   */
  views: SqliteDatabase;
  /** A connection to callbacks.db that waits for nobody either: who makes callbacks writes there. */
  callbacks: SqliteDatabase;
  /** Called when records went: what is held of them in memory is to be let go. */
  recordsGone(): void;
}

/**
 * A run's end stands in the read model alone, so that its row there stays, unlisted, until its record and its events
 * have gone too. Events go only when the read model has them all, and every group of the log has passed them.
 */
export function createSqliteRetention(files: RetentionFiles): RetentionStore {
  const { group, views, callbacks } = files;
  const ended = endedRuns(views);
  const events = runEvents(group.db);
  const records = recordsSweep(files);
  const invocations = invocationsSweep(files, events.having);
  const rollups = rollupsSweep(views);
  const rejections = rejectionsSweep(group);
  const removeCallbacks = callbacksSweep(callbacks);
  /** Where the last call stopped that found as much as it might; a pass that came to the end begins anew. */
  const places = new Map<Retained, Place>();

  async function eventsOf(runs: readonly EndedRun[], most: number): Promise<number> {
    const ids = events.removable(runs).slice(0, most);
    if (ids.length > 0) await inGroup(group, () => events.remove(ids));
    return ids.length;
  }
  const sweeps = { records, events: eventsOf, invocations };

  async function pass(what: keyof typeof sweeps, before: number, limit: number): Promise<number> {
    let place = places.get(what) ?? START;
    let removed = 0;
    while (removed < limit) {
      const runs = ended(before, place, Math.min(PORTION, limit - removed));
      const last = runs[runs.length - 1];
      if (!last) {
        places.delete(what);
        return removed;
      }
      removed += await sweeps[what](runs, limit - removed);
      place = [last.endedAt, last.number];
      await turn();
    }
    places.set(what, place);
    return removed;
  }

  return {
    async sweep(what, before, limit) {
      if (what === 'callbacks') return locked(callbacks, () => removeCallbacks(before, limit));
      if (what === 'rollups') {
        const swept = await locked(views, () => rollups(before, limit));
        return swept === limit ? swept : swept + (await rejections(before, limit - swept));
      }
      return pass(what, before, limit);
    },
  };
}

/** What is personal of those runs: the record, and the receipts as they came. One may have come after the record went. */
const PERSONAL = `SELECT id FROM invocation_records WHERE id IN (SELECT value FROM json_each(?1))
  UNION SELECT invocation_id FROM kept_receipts WHERE invocation_id IN (SELECT value FROM json_each(?1))`;

function recordsSweep({ group, recordsGone }: RetentionFiles) {
  const there = group.db.prepare(PERSONAL);
  const remove = group.db.prepare('DELETE FROM invocation_records WHERE id IN (SELECT value FROM json_each(?))');
  const receipts = group.db.prepare(
    'DELETE FROM kept_receipts WHERE invocation_id IN (SELECT value FROM json_each(?))',
  );
  return async (runs: readonly EndedRun[]): Promise<number> => {
    const ids = (there.all([JSON.stringify(runs.map(({ id }) => id))]) as { id: string }[]).map(({ id }) => id);
    if (ids.length === 0) return 0;
    await inGroup(group, () => {
      remove.run([JSON.stringify(ids)]);
      receipts.run([JSON.stringify(ids)]);
    });
    recordsGone();
    return ids.length;
  };
}

/** @param withEvents those of the runs that stand in the log */
function invocationsSweep({ group, views }: RetentionFiles, withEvents: (ids: readonly string[]) => Set<string>) {
  const withRecord = group.db.prepare(PERSONAL);
  const given = 'SELECT value FROM json_each(?)';
  const messages = views.prepare(`DELETE FROM messages WHERE invocation_id IN (${given})`);
  const recipients = views.prepare(
    `DELETE FROM recipients WHERE number IN (SELECT number FROM invocations WHERE id IN (${given}))`,
  );
  const remove = views.prepare(`DELETE FROM invocations WHERE id IN (${given})`);
  const unlist = views.prepare(
    `UPDATE invocations SET mode = ${UNLISTED}, facet = 0, external_id = NULL, state = '' WHERE id IN (${given})`,
  );
  return async (runs: readonly EndedRun[]): Promise<number> => {
    const ids = runs.map(({ id }) => id);
    const needed = withEvents(ids);
    for (const { id } of withRecord.all([JSON.stringify(ids)]) as { id: string }[]) needed.add(id);
    const listed = runs.filter(({ unlisted }) => !unlisted).map(({ id }) => id);
    const gone = ids.filter((id) => !needed.has(id));
    const stubs = listed.filter((id) => needed.has(id));
    if (listed.length === 0 && gone.length === 0) return 0;
    await locked(views, () => {
      messages.run([JSON.stringify(listed)]);
      recipients.run([JSON.stringify(listed)]);
      remove.run([JSON.stringify(gone)]);
      unlist.run([JSON.stringify(stubs)]);
    });
    return listed.length;
  };
}

/** Inside the transaction. */
function callbacksSweep(db: SqliteDatabase) {
  const settled = db.prepare(
    `SELECT d.number FROM profiles p CROSS JOIN deliveries d INDEXED BY deliveries_list
     ON d.profile = p.number AND d.status IN (${DELIVERY_CODES.delivered}, ${DELIVERY_CODES.failed}) AND d.created_at < ?
     LIMIT ?`,
  );
  const given = 'SELECT value FROM json_each(?)';
  const removes = [
    `DELETE FROM attempts WHERE delivery IN (${given})`,
    `DELETE FROM bodies WHERE number IN (${given})`,
    `DELETE FROM deliveries WHERE number IN (${given})`,
  ].map((sql) => db.prepare(sql));
  return (before: number, limit: number): number => {
    const numbers = (settled.all([before, limit]) as { number: number }[]).map(({ number }) => number);
    for (const remove of removes) remove.run([JSON.stringify(numbers)]);
    return numbers.length;
  };
}

async function inGroup(group: GroupCommit, run: () => unknown): Promise<void> {
  group.write(run);
  await group.flushed();
}

/** One transaction, once the file is free for it. */
async function locked<T>(db: SqliteDatabase, run: () => T): Promise<T> {
  const until = Date.now() + BUSY.patienceMs;
  for (;;) {
    try {
      db.exec('BEGIN IMMEDIATE');
      break;
    } catch (error) {
      const busy = (error as { code?: string }).code?.startsWith('SQLITE_BUSY');
      if (!busy || Date.now() > until) throw error;
      await pause(BUSY.pauseMs);
    }
  }
  try {
    const result = run();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
