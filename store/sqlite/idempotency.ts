import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { bytesOf } from '../../sqlite/blob';
import type { GroupCommit } from '../../sqlite/group-commit';
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
 * not settled, and the filter, are known to this process only: one process at a time has the engine and takes invocations.
 */
export function createSqliteIdempotency(group: GroupCommit): IdempotencyStore {
  const columns = ['day', 'key', 'body_hash', 'invocation_id', 'settled_at'];
  const rows = group.table('idempotency', columns, 'INSERT OR REPLACE INTO');
  const select = group.db.prepare(
    'SELECT body_hash, invocation_id, settled_at FROM idempotency WHERE day IN (?, ?) AND key = ? ORDER BY day DESC LIMIT 1',
  );
  const inFlight = new Map<string, string>();
  const purge = purger(group);
  const seen = keysSeen(group);

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
 * forgets what has gone; meanwhile a key goes into the old one and the new.
 */
function keysSeen(group: GroupCommit): KeyFilter {
  const { db } = group;
  const page = db.prepare('SELECT day, key FROM idempotency WHERE (day, key) > (?, ?) ORDER BY day, key LIMIT ?');
  let filter: KeyFilter | null = null;
  let filling = createKeyFilter();
  const fill = async (): Promise<void> => {
    // What is gathered and not written yet went into the old filter alone, and could be passed by.
    await group.flushed().catch(() => {});
    let after: { day: number; key: Buffer | ArrayBuffer } | undefined = { day: 0, key: Buffer.alloc(0) };
    while (after && db.open) {
      const rows = page.all([after.day, bytesOf(after.key), READ.rows]) as { day: number; key: ArrayBuffer }[];
      for (const row of rows) filling.add(bytesOf(row.key));
      after = rows.length === READ.rows ? rows[rows.length - 1] : undefined;
      if (after) await pause(READ.pauseMs, undefined, { ref: false });
    }
    filter = filling;
  };
  // A file that cannot be read leaves the filter as it was, which is never wrong: at worst every key may have been seen.
  const refill = () => void fill().catch(() => {});
  refill();
  setInterval(() => {
    filling = createKeyFilter();
    if (db.open) refill();
  }, DAY_MS).unref();
  return {
    add(key) {
      filling.add(key);
      if (filter !== filling) filter?.add(key);
    },
    mayHave: (key) => filter?.mayHave(key) ?? true,
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
