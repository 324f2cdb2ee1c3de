import type { RunFacts } from '../../core/run-facts';
import type { InvocationStatus } from '../../schemas/vocabulary';
import type { SqliteDatabase, SqlValue } from '../../sqlite/open';
import { createBoundedMap } from '../bounded-map';
import type { NewView } from '../contract';
import { MODE_CODES, STATUS_CODES } from './view-codes';

const COLUMNS = ['mode', 'status', 'flow', 'workflow', 'version', 'key', 'late', 'duplicate', 'reached', 'reason'];
const FACETS_HELD = 5_000;

/** Of a run that reached nobody. */
const NOBODY = -1;

/** What of a run never changes and stands in its facet: numbers of words, but for mode and version. */
export interface FacetBase {
  mode: number;
  flow: number;
  workflow: number;
  version: number;
  key: number;
}

export interface Facets {
  /** The number of what a run is searched by; made where it is new. To be asked for outside a transaction. */
  numberOf(base: FacetBase, status: InvocationStatus, facts: RunFacts): number;
  /** What stands fast of a run that is listed; null where there is none. */
  baseOf(id: string): FacetBase | null;
}

export function baseOfView(view: NewView, wordNumber: (word: string) => number): FacetBase {
  return {
    mode: MODE_CODES[view.mode],
    flow: wordNumber(view.flowId),
    workflow: wordNumber(view.workflowId),
    version: view.flowVersion,
    key: wordNumber(view.keyId),
  };
}

/** @param db the writer’s connection to views.db */
export function createFacets(db: SqliteDatabase): Facets {
  const held = createBoundedMap<string, number>(FACETS_HELD);
  const select = db.prepare(
    `SELECT number FROM facets WHERE ${COLUMNS.map((column) => `${column} = ?`).join(' AND ')}`,
  );
  const insert = db.prepare(
    `INSERT OR IGNORE INTO facets (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
  );
  const base = db.prepare('SELECT mode, flow, workflow, version, key FROM invocations WHERE id = ? AND mode >= 0');

  const read = (values: SqlValue[]) => (select.get(values) as { number: number } | undefined)?.number;

  return {
    numberOf({ mode, flow, workflow, version, key }, status, facts) {
      const { late, duplicate, reachedIndex, reason } = facts;
      const marks = [Number(late), Number(duplicate), reachedIndex ?? NOBODY, reason ?? ''];
      const values = [mode, STATUS_CODES[status], flow, workflow, version, key, ...marks];
      const name = values.join(' ');
      let number = held.get(name) ?? read(values);
      if (number === undefined) {
        // Another process may have made it meanwhile: it is read in either case.
        insert.run(values);
        number = read(values);
      }
      if (number === undefined) throw new Error('a facet that was just made is not there');
      held.set(name, number);
      return number;
    },
    baseOf(id) {
      return (base.get([id]) as FacetBase | undefined) ?? null;
    },
  };
}
