import type { Db } from 'mongodb';
import type { EventDocument } from './event-documents';
import { readLive } from './generations';
import { createMongoMarks, readMark } from './marks';
import { viewCollections } from './view-collections';

const MARK = 'views_edition';
/** What the read models hold, and by what: 2, rollups by country and slot. */
const EDITION = '2';

/** Notes that the live read models are of this edition: so it is when there are none, or they were built anew. */
export async function markViewEdition(db: Db): Promise<void> {
  const marks = createMongoMarks(db);
  const before = await marks.keep(MARK, EDITION);
  if (before !== EDITION) await marks.replace(MARK, before, EDITION);
}

/** For a migration: read models that nothing was folded into yet are of this edition. */
export async function markEmptyViews(db: Db): Promise<void> {
  const { positions } = viewCollections(db, await readLive(db));
  if ((await positions.findOne({})) === null) await markViewEdition(db);
}

/**
 * `outdated`: they were made by an Onward before this edition, and can be made anew. `kept`: the same, but retention has
 * removed some of what they were made from, so that they stay as they are.
 */
export async function viewEdition(db: Db): Promise<'current' | 'outdated' | 'kept'> {
  if ((await readMark(db, MARK)) === EDITION) return 'current';
  const live = viewCollections(db, await readLive(db));
  if ((await db.collection('ended_runs').findOne({})) !== null) return 'kept';
  for (const what of ['records', 'events'] as const) {
    if ((await live.runs.findOne({ holds: { $ne: what } })) !== null) return 'kept';
  }
  // Runs of which nothing at all is left are still counted.
  let counted = 0;
  for await (const { folded } of live.rollups.find({ step: '' })) counted += folded.counts.accepted ?? 0;
  const kept = await db.collection<EventDocument>('events').countDocuments({ seq: 1 });
  return counted > kept ? 'kept' : 'outdated';
}
