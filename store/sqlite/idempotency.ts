import { hash } from 'node:crypto';
import type { GroupCommit } from '../../sqlite/group-commit';
import type { SqliteDatabase } from '../../sqlite/open';
import type { Claim, IdempotencyStore } from '../contract';
import { createKeyFilter, type KeyFilter } from '../key-filter';

const DAY_MS = 86_400_000;
/** Old keys go in small portions, so that no request waits for them. */
const PURGE = { rows: 500, pauseMs: 100, idlePauseMs: 60_000 } as const;

/** Of the SHA-256 of a key: enough that nobody meets another's by chance. */
const KEY_BYTES = 16;

interface SettledRow {
  body_hash: string;
  invocation_id: string;
  settled_at: number;
}

/**
 * Idempotency keys in onward.db. The rows are small, since keys come in no order: each insert rewrites a page of its
 * own, and rows that carried the answer, six to a page, cost more to write than all the rest of an invocation. The day
 * stands first in the primary key: old days are dropped from its edge without an index of their own. Claims that are
 * not settled are known to this process only: of several API processes, each guards its own.
 */
export function createSqliteIdempotency(group: GroupCommit): IdempotencyStore {
  const columns = ['day', 'key', 'body_hash', 'invocation_id', 'settled_at'];
  const rows = group.table('idempotency', columns, 'INSERT OR REPLACE INTO');
  const select = group.db.prepare(
    'SELECT body_hash, invocation_id, settled_at FROM idempotency WHERE day IN (?, ?) AND key = ? ORDER BY day DESC LIMIT 1',
  );
  const inFlight = new Map<string, string>();
  const purge = purger(group);

  const seen = keysSeen(group.db);

  const settled = (key: Buffer, now: number): SettledRow | null => {
    if (!seen.mayHave(key)) return null;
    const day = dayOf(now);
    const row = select.get([day, day - 1, key]) as SettledRow | undefined;
    return row && row.settled_at > now - DAY_MS ? row : null;
  };

  return {
    async claim(scope, key, bodyHash, now): Promise<Claim> {
      const bytes = hash('sha256', JSON.stringify([scope, key]), 'buffer').subarray(0, KEY_BYTES);
      const name = bytes.toString('latin1');
      const claimed = inFlight.get(name);
      if (claimed !== undefined) return { kind: claimed === bodyHash ? 'in_flight' : 'mismatch' };
      const row = settled(bytes, now);
      if (row)
        return row.body_hash === bodyHash ? { kind: 'replay', invocationId: row.invocation_id } : { kind: 'mismatch' };
      inFlight.set(name, bodyHash);
      const release = async () => void inFlight.delete(name);
      return {
        kind: 'new',
        release,
        settle(invocationId) {
          rows.add([dayOf(now), bytes, bodyHash, invocationId, now]);
          seen.add(bytes);
          purge(now);
          return group.flushed().finally(release);
        },
      };
    },
  };
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

const READ = { rows: 2_000, pauseMs: 20 } as const;

/**
 * Most keys are new, and a filter says so without a look into the file. What stands there from before is read into it
 * bit by bit after the start; until that is done, every key may have been seen. It is made anew each day, so that it
 * forgets what has gone.
 */
function keysSeen(db: SqliteDatabase): KeyFilter {
  const page = db.prepare('SELECT day, key FROM idempotency WHERE (day, key) > (?, ?) ORDER BY day, key LIMIT ?');
  let filter = createKeyFilter();
  let complete = false;
  const read = (next: KeyFilter, day: number, key: Buffer): void => {
    if (!db.open) return;
    const rows = page.all([day, key, READ.rows]) as { day: number; key: ArrayBuffer }[];
    for (const row of rows) next.add(Buffer.from(row.key));
    const last = rows[rows.length - 1];
    if (last && rows.length === READ.rows) {
      setTimeout(() => read(next, last.day, Buffer.from(last.key)), READ.pauseMs).unref();
      return;
    }
    filter = next;
    complete = true;
  };
  const refill = (): void => {
    const next = createKeyFilter();
    adding = [filter, next];
    read(next, 0, Buffer.alloc(0));
  };
  let adding: KeyFilter[] = [filter];
  refill();
  setInterval(refill, DAY_MS).unref();
  return {
    add(key) {
      for (const each of adding) each.add(key);
    },
    mayHave: (key) => !complete || filter.mayHave(key),
  };
}

/** Deletes days that are over, as part of a group that is written anyway. */
function purger(group: GroupCommit): (now: number) => void {
  const remove = group.db.prepare(
    'DELETE FROM idempotency WHERE (day, key) IN (SELECT day, key FROM idempotency WHERE day < ? LIMIT ?)',
  );
  let nextAt = 0;
  return (now) => {
    if (now < nextAt) return;
    nextAt = now + PURGE.pauseMs;
    group.write(() => {
      const { changes } = remove.run([dayOf(now) - 1, PURGE.rows]);
      if (changes < PURGE.rows) nextAt = now + PURGE.idlePauseMs;
    });
  };
}
