import type { Topic } from '../schemas/vocabulary';
import { type Log, type NewRecord, RecordTooLarge, type Subscription } from './contract';

export interface RelayOptions {
  /** Where the records stand. */
  from: Log;
  /** Where they go. */
  to: Log;
  topic: Topic;
  /** By which `from` knows how far it has come. */
  group: string;
  onFault(message: string, error: unknown): void;
}

/**
 * Carries every record of a topic on to another log: batch by batch, in order, at least once. While the other log is
 * away it waits, and what it carries stands in the first.
 */
export function startRelay({ from, to, topic, group, onFault }: RelayOptions): Promise<Subscription> {
  return from.subscribe(topic, group, async (records, done) => {
    // A log on this machine hands over what it is about to commit: nothing leaves it that could still be rolled back.
    await from.append(topic, []);
    try {
      await to.append(topic, records.map(plain));
    } catch (error) {
      if (!(error instanceof RecordTooLarge)) throw error;
      for (const record of records) {
        await to.append(topic, [plain(record)]).catch((cause) => {
          if (!(cause instanceof RecordTooLarge)) throw cause;
          // It would hold up all the others for good; it stays where it is.
          onFault(`the record ${record.position} of ${topic} could not be carried on`, cause);
        });
        done(record.position);
      }
    }
  });
}

function plain({ key, value }: NewRecord): NewRecord {
  return { key, value };
}
