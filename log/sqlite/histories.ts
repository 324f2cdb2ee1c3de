import type { EventRecord } from '../../schemas/event';
import type { Topic } from '../../schemas/vocabulary';
import type { Histories } from '../../store/contract';
import type { LogRecord } from '../contract';

const TOPIC = 'onward.events';
const PARTITION = 0;
const RECORDS_PER_READ = 1_000;

/** The events table of onward.db: the SQLite log's own, or what is mirrored there. */
export interface EventsTable {
  /** Records of one run, the oldest first. */
  eventsOf(key: string): string[];
  read(topic: Topic, partition: number, after: number, limit: number): Promise<LogRecord[]>;
  /** 0 before the first. */
  lastPosition(topic: Topic): number;
}

/** The runs' histories where they stand on this machine. */
export class SqliteHistories implements Histories {
  private position = 0;
  /** Who waited at the last look and was told nothing: of those, whatever is new lies beyond `position`. */
  private watched = new Map<string, number>();

  constructor(private readonly table: EventsTable) {}

  async of(id: string): Promise<string[]> {
    return this.table.eventsOf(id);
  }

  async grown(waiting: ReadonlyMap<string, number>): Promise<Set<string>> {
    const joined = [...waiting].filter(([id, seq]) => this.watched.get(id) !== seq);
    const told = new Set<string>();
    // Where nobody waits from before, what came meanwhile is nobody's news.
    if (joined.length === waiting.size) this.position = this.table.lastPosition(TOPIC);
    else await this.readOn((id) => waiting.has(id) && told.add(id));
    for (const [id, seq] of joined) if (lastSeq(this.table.eventsOf(id)) > seq) told.add(id);
    this.watched = new Map([...waiting].filter(([id]) => !told.has(id)));
    return told;
  }

  private async readOn(tell: (id: string) => void): Promise<void> {
    for (;;) {
      const records = await this.table.read(TOPIC, PARTITION, this.position, RECORDS_PER_READ);
      for (const { key } of records) tell(key);
      this.position = records[records.length - 1]?.position ?? this.position;
      if (records.length < RECORDS_PER_READ) return;
    }
  }
}

function lastSeq(values: readonly string[]): number {
  const seqs = values.flatMap((value) => (JSON.parse(value) as EventRecord).events.map(({ seq }) => seq));
  return Math.max(0, ...seqs);
}
