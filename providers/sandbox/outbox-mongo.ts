import { type Db, MongoServerError } from 'mongodb';
import { ulid } from 'ulid';
import type { SandboxMessage } from '../contract';
import { costOf, messageOf, type OutboxEntry, type SandboxOutbox, type Sealer, type StoredMessage } from './outbox';

interface MessageDocument {
  /** The attempt reference; of a message that came again under the same, that and more. */
  _id: string;
  receivedAt: number;
  acceptedAt: number;
  silenced: boolean;
  providerMessageId: string | null;
  script: string;
  sealed: Buffer;
}

/** Few at any time, however many messages there are: what is played goes. */
interface DueDocument {
  /** The attempt reference. */
  _id: string;
  at: number;
}

/** As old as a message gets; looked at when the outbox is opened. */
const KEPT_MS = 7 * 86_400_000;
const DUPLICATE_KEY = 11_000;

export interface MongoOutboxOptions {
  seal: Sealer;
  /** Milliseconds since 1970. */
  clock(): number;
}

/** The record in MongoDB, for processes that share no disk. A message that was sent twice stands there twice. */
export async function openMongoOutbox(db: Db, { seal, clock }: MongoOutboxOptions): Promise<SandboxOutbox> {
  const messages = db.collection<MessageDocument>('sandbox_messages');
  const due = db.collection<DueDocument>('sandbox_due');
  await messages.createIndex({ receivedAt: 1 });
  await due.createIndex({ at: 1 });
  await messages.deleteMany({ receivedAt: { $lt: clock() - KEPT_MS } });
  // The link gives binary data back as buffers.
  const read = ({ sealed }: MessageDocument) => JSON.parse(seal.open(sealed)) as SandboxMessage;
  const stored = (document: MessageDocument): StoredMessage => ({
    ref: document._id,
    providerMessageId: document.providerMessageId ?? '',
    script: document.script,
    acceptedAt: document.acceptedAt,
    costMicros: costOf(read(document)),
  });
  const insert = async (document: MessageDocument): Promise<void> => {
    try {
      await messages.insertOne(document);
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
      await messages.insertOne({ ...document, _id: `${document._id} ${ulid()}` });
    }
  };

  return {
    async add(entry) {
      const { ref } = entry.request;
      // First: what is due and was never received is nothing, while the other way round receipts would be owed for good.
      if (entry.lastDueAt > 0) await due.updateOne({ _id: ref }, { $set: { at: entry.lastDueAt } }, { upsert: true });
      await insert(documentOf(entry, seal));
    },
    async silence(ref) {
      await messages.updateOne({ _id: ref }, { $set: { silenced: true } });
      await due.deleteOne({ _id: ref });
    },
    async silenced(ref) {
      const document = await messages.findOne({ _id: ref }, { projection: { silenced: 1 } });
      return document?.silenced === true;
    },
    async byRef(ref) {
      const document = await messages.findOne({ _id: ref });
      return document && stored(document);
    },
    async messages(invocationId) {
      // '.' separates the parts of a reference, and '/' follows it in ASCII.
      const its = messages.find({ _id: { $gte: `${invocationId}.`, $lt: `${invocationId}/` } });
      return (await its.sort({ receivedAt: 1, _id: 1 }).toArray()).map(read);
    },
    async played(refs) {
      await due.deleteMany({ _id: { $in: [...refs] } });
    },
    async overdue(dueBefore, limit) {
      const found = await due
        .find({ at: { $lt: dueBefore } })
        .sort({ at: 1 })
        .limit(limit)
        .toArray();
      if (found.length === 0) return [];
      const refs = found.map(({ _id }) => _id);
      const there = await messages.find({ _id: { $in: refs } }).toArray();
      const received = new Set(there.map(({ _id }) => _id));
      const nothing = refs.filter((ref) => !received.has(ref));
      if (nothing.length > 0) await due.deleteMany({ _id: { $in: nothing } });
      return there.map(stored);
    },
    // What a process before us did not play is overdue, and somebody sweeps it.
    unplayed: () => [],
    async close() {},
  };
}

function documentOf(entry: OutboxEntry, seal: Sealer): MessageDocument {
  const { request, providerMessageId, script, receivedAt, acceptedAt } = entry;
  const sealed = seal.seal(JSON.stringify(messageOf(entry)));
  return { _id: request.ref, receivedAt, acceptedAt, silenced: false, providerMessageId, script, sealed };
}
