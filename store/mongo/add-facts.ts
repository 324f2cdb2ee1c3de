import type { AnyBulkWriteOperation, Db } from 'mongodb';
import { factsOf } from '../../core/run-facts';
import { loadState } from '../../core/state-json';
import { createLadderSource } from '../ladders';
import { createMongoFlows } from './flows';
import { viewCollections } from './view-collections';
import { type RunDocument, searchedBy } from './view-documents';

/** FerretDB comes to a stand with many updates in a command: see writes.ts. */
const PORTION = 16;

/**
 * Adds to the runs of a generation what they are searched by, from their states: nothing is folded anew, since events may
 * have been swept. A run that goes on meanwhile has it from whoever brings it forward. May be broken off and done again.
 */
export async function addFacts(db: Db, generation: number): Promise<void> {
  const { runs } = viewCollections(db, generation);
  const ladders = createLadderSource(createMongoFlows(db), {});
  const factsIn = async (run: RunDocument) => {
    const ladder = await ladders(run.flowId, run.flowVersion, run.mode);
    return ladder && searchedBy(factsOf(loadState(ladder, run.latest.state)));
  };
  for (let last = ''; ; ) {
    const found = await runs
      .find({ _id: { $gt: last } })
      .sort({ _id: 1 })
      .limit(PORTION)
      .toArray();
    const updates: AnyBulkWriteOperation<RunDocument>[] = [];
    for (const run of found) {
      last = run._id;
      const facts = await factsIn(run);
      if (!facts) continue;
      const fields = Object.entries(facts).map(([name, value]) => [`latest.${name}`, value]);
      const filter = { _id: run._id, 'latest.seq': run.latest.seq };
      updates.push({ updateOne: { filter, update: { $set: Object.fromEntries(fields) } } });
    }
    if (updates.length > 0) await runs.bulkWrite(updates, { ordered: false });
    if (found.length < PORTION) return;
  }
}
