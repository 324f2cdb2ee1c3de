import type { Event } from '../core/event';
import type { Ladder } from '../core/ladder';
import { fromWire, toRecord } from '../core/wire';
import type { EventRecord } from '../schemas/event';
import type { Mode, Topic } from '../schemas/vocabulary';
import type { GroupCommit, TableWriter } from '../sqlite/group-commit';
import { migrate } from '../sqlite/migrate';

/** Which version a run began with, and stays on. */
export interface FlowRef {
  flowId: string;
  version: number;
  mode: Mode;
}

/** What the journal needs of the log that shares its file: the history of a run stands there and nowhere else. */
export interface EventLog {
  add(topic: Topic, key: string, value: string): void;
  eventsOf(key: string): string[];
}

export interface History extends FlowRef {
  id: string;
  events: Event[];
}

const MIGRATIONS = [
  'CREATE TABLE open_runs (id TEXT PRIMARY KEY) WITHOUT ROWID',
  'CREATE TABLE left_sends (name TEXT PRIMARY KEY) WITHOUT ROWID',
];

/**
 * The durable side of the runs: one row a decision in the log's events table, and the small table of runs that are
 * open, so that a start reads what is running and not what has run.
 */
export class Journal {
  private readonly opened: TableWriter;
  private readonly close;
  private closing: string[] = [];

  constructor(
    private readonly group: GroupCommit,
    private readonly log: EventLog,
  ) {
    migrate(group.db, 'embedded', MIGRATIONS);
    this.close = group.db.prepare<[string]>('DELETE FROM open_runs WHERE id IN (SELECT value FROM json_each(?))');
    this.opened = group.table('open_runs', ['id'], 'INSERT OR IGNORE INTO');
  }

  add(id: string, ladder: Ladder, events: readonly Event[]): void {
    this.log.add('onward.events', id, JSON.stringify(toRecord(id, ladder, events)));
  }

  opens(id: string): void {
    this.opened.add([id]);
  }

  /** Many ends of one group are one statement. */
  closes(id: string): void {
    if (this.closing.length === 0) {
      this.group.write(() => {
        const ids = this.closing;
        this.closing = [];
        this.close.run(JSON.stringify(ids));
      });
    }
    this.closing.push(id);
  }

  /** The group was not written: what it would have closed is open still. */
  forget(): void {
    this.closing = [];
  }

  flushed(): Promise<void> {
    return this.group.flushed();
  }

  /** Rejects while nothing can be written. */
  probe(): Promise<void> {
    this.group.write(() => {
      this.group.db.exec(
        'CREATE TABLE IF NOT EXISTS probe (at INTEGER); INSERT INTO probe VALUES (1); DELETE FROM probe',
      );
    });
    return this.group.flushed();
  }

  /** Sends that were decided and, when the process left in order, surely not begun. */
  leave(names: readonly string[]): void {
    const insert = this.group.db.prepare<[string]>('INSERT OR IGNORE INTO left_sends (name) VALUES (?)');
    this.group.write(() => {
      for (const name of names) insert.run(name);
    });
  }

  /** Those that the last process left; they are its no more once the group is on the disk. */
  takeLeft(): ReadonlySet<string> {
    const rows = this.group.db.prepare('SELECT name FROM left_sends').all() as { name: string }[];
    if (rows.length > 0) this.group.write(() => this.group.db.exec('DELETE FROM left_sends'));
    return new Set(rows.map(({ name }) => name));
  }

  /** Null where no run has that ID. */
  history(id: string): History | null {
    const records = this.log.eventsOf(id).map((value) => JSON.parse(value) as EventRecord);
    const first = records[0];
    if (!first) return null;
    const events = records.flatMap((record) => record.events.map(fromWire));
    return { id, flowId: first.flowId, version: first.flowVersion, mode: first.mode, events };
  }

  openIds(): string[] {
    return (this.group.db.prepare('SELECT id FROM open_runs ORDER BY id').all() as { id: string }[]).map(
      (row) => row.id,
    );
  }
}
