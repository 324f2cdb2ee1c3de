import type { Db } from 'mongodb';
import type { ViewGenerations, ViewWriter } from '../contract';
import { isTaken } from './faults';
import { createMongoMarks, readMark } from './marks';
import { makeGeneration, type ViewCollections, viewCollections } from './view-collections';
import { createMongoViews } from './views';

const NAME = /^(?:invocations|messages|rollups|positions)_(\d+)$/;
const MARK = 'views';
const FIRST = 1;
/** How long a reader may go on with the generation that it looked up. */
const MAX_AGE_MS = 1_000;

/** The collections that readers are shown. */
export type LiveViews = () => Promise<ViewCollections>;

/** For readers: looked up again after a second. */
export function liveViews(db: Db, now: () => number = () => performance.now()): LiveViews {
  let held: { views: ViewCollections; until: number } | null = null;
  return async () => {
    if (held && now() < held.until) return held.views;
    const until = now() + MAX_AGE_MS;
    held = { views: viewCollections(db, await readLive(db)), until };
    return held.views;
  };
}

/** The number of the generation that is live. */
export async function readLive(db: Db): Promise<number> {
  return Number((await readMark(db, MARK)) ?? FIRST);
}

/** The numbers of all that there are: the live one, and what a rebuild has begun. */
export async function generationsIn(db: Db): Promise<number[]> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray();
  const numbers = found.map(({ name }) => NAME.exec(name)?.[1]).filter((number) => number !== undefined);
  return [...new Set(numbers.map(Number))];
}

/** Read models beside each other in one database. The mark `views` tells which is live. */
export function createMongoGenerations(db: Db): ViewGenerations {
  const marks = createMongoMarks(db);
  const numbers = db.collection<{ _id: string }>('generation_numbers');
  return {
    live: () => readLive(db),
    writer: (generation): ViewWriter => createMongoViews(viewCollections(db, generation)),
    async begin() {
      // A number of its own, which only one can insert: another rebuild at the same time gets another.
      let generation = (await readLive(db)) + 1;
      while (!(await inserted(numbers.insertOne({ _id: String(generation) })))) generation += 1;
      await makeGeneration(db, generation);
      return generation;
    },
    async show(next, before) {
      await marks.keep(MARK, String(FIRST));
      return marks.replace(MARK, String(before), String(next));
    },
    async drop(which) {
      for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
        const generation = NAME.exec(name)?.[1];
        if (generation !== undefined && which(Number(generation))) await db.dropCollection(name);
      }
    },
  };
}

async function inserted(insert: Promise<unknown>): Promise<boolean> {
  try {
    await insert;
    return true;
  } catch (error) {
    if (!isTaken(error)) throw error;
    return false;
  }
}
