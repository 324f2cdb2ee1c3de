import type { SqliteDatabase } from '../../sqlite/open';
import { UNLISTED } from './view-codes';

export interface EndedRun {
  number: number;
  id: string;
  endedAt: number;
  /** Of the last event that the read model has. */
  seq: number;
  /** Its lists do not show it any more. */
  unlisted: boolean;
}

/** When the last one looked at had ended, and its number. */
export type Place = readonly [endedAtMs: number, number: number];
export const START: Place = [Number.MIN_SAFE_INTEGER, 0];

/** Runs that had ended before a time, the longest ended first, after a place. @param db a connection to views.db */
export function endedRuns(db: SqliteDatabase) {
  const select = db.prepare(
    `SELECT number, id, ended_at AS endedAt, seq, mode FROM invocations INDEXED BY invocations_ended
     WHERE ended_at IS NOT NULL AND ended_at < ? AND (ended_at, number) > (?, ?) ORDER BY ended_at, number LIMIT ?`,
  );
  return (before: number, after: Place, limit: number): EndedRun[] => {
    const rows = select.all([before, ...after, limit]) as (Omit<EndedRun, 'unlisted'> & { mode: number })[];
    return rows.map(({ mode, ...run }) => ({ ...run, unlisted: mode === UNLISTED }));
  };
}
