import type { Collection, Db, Filter } from 'mongodb';
import type { Ticket, TicketStore } from '../contract';
import { isTaken } from './faults';

interface TicketDocument extends Omit<Ticket, 'hash' | 'kind'> {
  /** The hash; of the mark that it was taken, the hash with a word before it. */
  _id: string;
  kind: Ticket['kind'] | 'taken';
}

/**
 * Links that somebody gets in by once, in MongoDB. Whoever takes one inserts a mark of it, which only one can do:
 * FerretDB deletes and updates by looking first.
 */
export function createMongoTickets(db: Db): TicketStore {
  const tickets = db.collection<TicketDocument>('tickets');
  return {
    async put({ hash, ...ticket }, now) {
      await tickets.deleteMany({ expiresAt: { $lte: now } });
      await tickets.insertOne({ _id: hash, ...ticket });
    },
    find: (kind, hash, now) => find(tickets, { kind, hash, now }),
    async take(kind, hash, now) {
      const ticket = await find(tickets, { kind, hash, now });
      if (!ticket) return null;
      const { personId, expiresAt } = ticket;
      try {
        await tickets.insertOne({ _id: markOf(hash), kind: 'taken', personId, expiresAt });
      } catch (error) {
        if (isTaken(error)) return null;
        throw error;
      }
      await tickets.deleteOne({ _id: hash });
      return ticket;
    },
    async drop(personId, kind) {
      const filter: Filter<TicketDocument> = { personId, kind: kind ?? { $in: ['sign_in', 'invitation'] } };
      await tickets.deleteMany(filter);
    },
  };
}

interface Sought {
  kind: Ticket['kind'];
  hash: string;
  now: number;
}

async function find(tickets: Collection<TicketDocument>, { kind, hash, now }: Sought): Promise<Ticket | null> {
  const document = await tickets.findOne({ _id: hash, kind, expiresAt: { $gt: now } });
  if (!document || (await tickets.findOne({ _id: markOf(hash) }))) return null;
  const { personId, expiresAt } = document;
  return { hash, kind, personId, expiresAt };
}

function markOf(hash: string): string {
  return `taken ${hash}`;
}
