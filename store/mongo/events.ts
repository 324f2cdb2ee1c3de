import type { Db } from 'mongodb';
import type { LogRecord } from '../../log/contract';
import type { EventKeeper, Histories } from '../contract';
import { type EventDocument, eventDocuments, eventId, eventIdsOf, recordsOf } from './event-documents';
import { guarded } from './faults';
import { insertNew } from './writes';

interface EndDocument {
  /** The partition. */
  _id: string;
  position: number;
}

const TOPIC = 'onward.events';

/**
 * The events in MongoDB. They are inserted in no order, so that a reader goes no further than the end that is written
 * after them: beyond it there may be gaps.
 */
export function createMongoEvents(db: Db): EventKeeper {
  const events = db.collection<EventDocument>('events');
  const ends = db.collection<EndDocument>('event_ends');
  const endOf = async (partition: number) => (await ends.findOne({ _id: String(partition) }))?.position ?? -1;

  return guarded({
    async keep(records: readonly LogRecord[]) {
      const last = records[records.length - 1];
      if (!last) return;
      await insertNew(events, eventDocuments(records));
      const { partition, position } = last;
      await ends.updateOne({ _id: String(partition) }, { $max: { position } }, { upsert: true });
    },
    async ends() {
      const found = await ends.find({}).toArray();
      return new Map(found.map(({ _id, position }) => [Number(_id), position]));
    },
    async read(partition: number, after: number | null, limit: number): Promise<LogRecord[]> {
      const end = await endOf(partition);
      const portion = (from: number, most: number) => {
        const found = events.find({ partition, position: { $gt: from, $lte: end } });
        return found.sort({ position: 1, seq: 1 }).limit(most).toArray();
      };
      let found = await portion(after ?? -1, limit);
      const last = found[found.length - 1];
      if (last && found.length === limit) {
        // The last record may be cut: it is read whole.
        const rest = await events.find({ partition, position: last.position }).sort({ seq: 1 }).toArray();
        found = [...found.filter(({ position }) => position < last.position), ...rest];
      }
      return recordsOf(found).map(({ first, value }) => {
        return { topic: TOPIC, partition, position: first.position, key: first.invocationId, value };
      });
    },
  });
}

/** The histories as the projection keeps them. */
export function createMongoHistories(db: Db): Histories {
  const events = db.collection<EventDocument>('events');
  return guarded({
    async of(id: string) {
      const found = await events
        .find({ _id: eventIdsOf(id) })
        .sort({ _id: 1 })
        .toArray();
      return recordsOf(found).map(({ value }) => value);
    },
    async grown(waiting: ReadonlyMap<string, number>) {
      const next = new Map([...waiting].map(([id, seq]) => [eventId(id, seq + 1), id]));
      if (next.size === 0) return [];
      const found = await events.find({ _id: { $in: [...next.keys()] } }, { projection: { _id: 1 } }).toArray();
      return found.map(({ _id }) => next.get(_id)).filter((id) => id !== undefined);
    },
  });
}
