import type { Db } from 'mongodb';
import type { Person, PersonStore } from '../contract';
import { changedPerson, emailHash, newPerson, openedOf, sealedOf } from '../new-person';
import type { Seal } from '../seal';
import { isTaken } from './faults';
import { listPage, mapPage } from './pages';

interface PersonDocument extends Omit<Person, 'id' | 'email' | 'passwordHash'> {
  _id: string;
  emailHash: string;
  /** Address and password hash. */
  sealed: Buffer;
  /** Grows with each change of what is sealed, which is written as a whole. */
  revision: number;
}

/** How often a change is made again that another process came in the way of. */
const TRIES_MAX = 10;

/** Who signs in, in MongoDB. */
export function createMongoPeople(db: Db, seal: Seal): PersonStore {
  const people = db.collection<PersonDocument>('people');
  const toPerson = (document: PersonDocument) => personOf(document, seal);

  return {
    async create(given, now) {
      const person = newPerson(given, now);
      try {
        await people.insertOne({ ...documentOf(person, seal), revision: 1 });
        return person;
      } catch (error) {
        if (!isTaken(error)) throw error;
        return (await people.findOne({ _id: person.id })) ? 'id_taken' : 'email_taken';
      }
    },
    async get(id) {
      const document = await people.findOne({ _id: id });
      return document && toPerson(document);
    },
    async byEmail(email) {
      const document = await people.findOne({ emailHash: emailHash(email, seal) });
      return document && toPerson(document);
    },
    async list(page) {
      return mapPage(await listPage(people, {}, page, { kind: 'per_' }), toPerson);
    },
    async change(id, change) {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const before = await people.findOne({ _id: id });
        if (!before) return null;
        const person = changedPerson(toPerson(before), change);
        const { _id, ...fields } = documentOf(person, seal);
        const { revision } = before;
        try {
          const $set = { ...fields, revision: revision + 1 };
          if ((await people.updateOne({ _id, revision }, { $set })).matchedCount > 0) return person;
        } catch (error) {
          if (isTaken(error)) return 'email_taken';
          throw error;
        }
      }
      throw new Error(`${TRIES_MAX} writes of others came in the way of one of the person ${id}`);
    },
    async delete(id) {
      return (await people.deleteOne({ _id: id })).deletedCount > 0;
    },
  };
}

function documentOf(person: Person, seal: Seal): Omit<PersonDocument, 'revision'> {
  const { id, email, passwordHash: _sealed, ...fields } = person;
  return { _id: id, emailHash: emailHash(email, seal), ...fields, sealed: sealedOf(person, seal) };
}

function personOf(document: PersonDocument, seal: Seal): Person {
  const { _id, emailHash: _hash, sealed, revision: _revision, ...fields } = document;
  return { id: _id, ...fields, ...openedOf(sealed, seal) };
}
