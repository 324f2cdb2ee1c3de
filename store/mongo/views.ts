import type { Contribution, NewView, RunView, ViewBatch, ViewWriter } from '../contract';
import { guarded } from './faults';
import type { ViewCollections } from './view-collections';
import {
  encodeName,
  type LatestOfRun,
  type MessageDocument,
  messageKey,
  messageOwner,
  type RollupDocument,
  type RunDocument,
  searchedBy,
} from './view-documents';
import { insertOrRaise, raise } from './writes';

/**
 * The read model's writer. The order of the writes is what makes it exact: that a run stands at event n says that all
 * that its events up to n led to was written before; that a partition stands at a position says the same of its records.
 * See view-documents.ts for why each write by itself may come twice, late, or beside another writer's.
 */
export function createMongoViews(views: ViewCollections): ViewWriter {
  const { runs, messages, positions } = views;
  return guarded({
    async position(partition: number) {
      return (await positions.findOne({ _id: String(partition) }))?.position ?? null;
    },
    async states(ids: readonly string[]) {
      if (ids.length === 0) return new Map<string, string>();
      const found = await runs.find({ _id: { $in: [...ids] } }, { projection: { 'latest.state': 1 } }).toArray();
      return new Map(found.map(({ _id, latest }) => [_id, latest.state]));
    },
    async write(batch: ViewBatch) {
      await insertOrRaise(messages, messageDocuments(batch), ({ of }) => ({ of }));
      await writeRollups(views, batch);
      await writeRuns(runs, batch);
      const { partition, position } = batch;
      await positions.updateOne({ _id: String(partition) }, { $max: { position } }, { upsert: true });
    },
    async close() {},
  });
}

/** A provider that gives an ID twice means its newest message. */
function messageDocuments(batch: ViewBatch): MessageDocument[] {
  const newest = new Map<string, string>();
  for (const { provider, providerMessageId, invocationId, step, attempt } of batch.messages) {
    const key = messageKey(provider, providerMessageId);
    const of = messageOwner(invocationId, attempt, step);
    if (of > (newest.get(key) ?? '')) newest.set(key, of);
  }
  return [...newest].map(([_id, of]) => ({ _id, of }));
}

/**
 * Each rollup is read, and takes what lies beyond the position that it includes. It is read after the states of the
 * batch's runs were: what the batch lacks, since another writer had brought those runs further, is in it by then.
 */
async function writeRollups({ rollups }: ViewCollections, { partition, contributions }: ViewBatch): Promise<void> {
  const byId = new Map<string, Contribution[]>();
  for (const contribution of contributions) {
    const id = rollupId(contribution, partition);
    const list = byId.get(id);
    if (list) list.push(contribution);
    else byId.set(id, [contribution]);
  }
  if (byId.size === 0) return;
  const found = await rollups.find({ _id: { $in: [...byId.keys()] } }).toArray();
  const before = new Map(found.map((document) => [document._id, document]));
  const fresh: RollupDocument[] = [];
  const grown: RollupDocument[] = [];
  for (const [id, list] of byId) {
    const known = before.get(id);
    const document = grownRollup(id, partition, known?.folded ?? null, list);
    if (document) (known ? grown : fresh).push(document);
  }
  await insertOrRaise(rollups, fresh, ({ folded }) => ({ folded }));
  await raise(
    rollups,
    grown.map(({ _id, folded }) => ({ _id, $max: { folded } })),
  );
}

function rollupId({ key }: Contribution, partition: number): string {
  const { mode, flowId, flowVersion, step, channel, country, hour } = key;
  const place = [mode, flowId, flowVersion, step, channel, hour, partition];
  // Without a country it has the ID that it had before countries were counted.
  return JSON.stringify(country === '' ? place : [...place, country]);
}

/** Null where nothing lies beyond. */
function grownRollup(
  _id: string,
  partition: number,
  before: RollupDocument['folded'] | null,
  contributions: readonly Contribution[],
): RollupDocument | null {
  const [first] = contributions;
  const counts = { ...before?.counts };
  let position = before?.position ?? -1;
  const included = position;
  for (const contribution of contributions) {
    if (contribution.position <= included) continue;
    position = contribution.position;
    for (const [name, count] of Object.entries(contribution.counts)) {
      const field = encodeName(name);
      counts[field] = (counts[field] ?? 0) + count;
    }
  }
  return first && position > included ? { _id, ...first.key, partition, folded: { position, counts } } : null;
}

async function writeRuns(runs: ViewCollections['runs'], batch: ViewBatch): Promise<void> {
  const created = new Map(batch.created.map((view) => [view.id, view]));
  const fresh: RunDocument[] = [];
  const changed: RunView[] = [];
  for (const run of batch.runs) {
    const view = created.get(run.id);
    if (view) fresh.push(runDocument(view, run));
    else changed.push(run);
  }
  await insertOrRaise(runs, fresh, ({ latest }) => ({ latest }));
  await raise(
    runs,
    changed.map((run) => ({ _id: run.id, $max: { latest: latestOf(run) } })),
  );
}

function runDocument({ id, addressHashes, ...view }: NewView, run: RunView): RunDocument {
  return {
    _id: id,
    ...view,
    addressHashes: [...new Set(addressHashes)],
    holds: ['lists', 'records', 'events'],
    latest: latestOf(run),
  };
}

/** In this order: see LatestOfRun. */
function latestOf({ seq, status, endedAt, state, facts }: RunView): LatestOfRun {
  return { seq, status, endedAt, state, ...searchedBy(facts) };
}
