import type { Collection, Db } from 'mongodb';
import type { MarkStore } from '../contract';
import { isTaken } from './faults';

interface MarkDocument {
  /** Name and number. */
  _id: string;
  name: string;
  /** The greatest is the one that stands. */
  number: number;
  value: string;
}

/**
 * A value that replaces another is inserted under the next number, which only one can do: an update with a condition
 * would be as good on MongoDB, but FerretDB looks first and writes then.
 */
export function createMongoMarks(db: Db): MarkStore {
  const marks = db.collection<MarkDocument>('marks');
  return {
    async keep(name, value) {
      const standing = await newest(marks, name);
      if (standing) return standing.value;
      if (await inserted(marks, name, 0, value)) return value;
      return (await newest(marks, name))?.value ?? value;
    },
    async replace(name, before, value) {
      const standing = await newest(marks, name);
      return standing?.value === before && inserted(marks, name, standing.number + 1, value);
    },
  };
}

/** The value that stands, or null. */
export async function readMark(db: Db, name: string): Promise<string | null> {
  return (await newest(db.collection<MarkDocument>('marks'), name))?.value ?? null;
}

function newest(marks: Collection<MarkDocument>, name: string): Promise<MarkDocument | null> {
  return marks.findOne({ name }, { sort: { number: -1 } });
}

async function inserted(
  marks: Collection<MarkDocument>,
  name: string,
  number: number,
  value: string,
): Promise<boolean> {
  try {
    await marks.insertOne({ _id: `${name} ${number}`, name, number, value });
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
    return false;
  }
}
