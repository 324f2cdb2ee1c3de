import type { Collection, Db } from 'mongodb';
import type { FlowDefinition } from '../../schemas/flow';
import { createBoundedMap } from '../bounded-map';
import type { Flow, FlowStore, FlowVersion } from '../contract';
import { newFlow } from '../new-flow';
import { isTaken } from './faults';
import { listPage, mapPage } from './pages';

const VERSIONS_HELD = 1_000;

interface FlowDocument extends Omit<Flow, 'id' | 'draft'> {
  _id: string;
  /** JSON: a definition has names that a document cannot have as fields. */
  draft: string;
}

interface VersionDocument extends Omit<FlowVersion, 'definition'> {
  /** A version is made by its insert, which only one can do. */
  _id: string;
  definition: string;
}

/** Flows in MongoDB. Versions, which never change, come from memory; what they give is shared and must not be changed. */
export function createMongoFlows(db: Db): FlowStore {
  const flows = db.collection<FlowDocument>('flows');
  const versions = db.collection<VersionDocument>('flow_versions');
  const read = async (id: string): Promise<Flow | null> => {
    const document = (await flows.findOne({ _id: id })) ?? (await flows.findOne({ workflowId: id }));
    return document && toFlow(document);
  };
  const nameTaken = async (name: string) => (await flows.findOne({ name }, { projection: { _id: 1 } })) !== null;
  const { version, addVersion } = versionsOf(versions);

  return {
    async create(definition, workflowId, now) {
      const flow = newFlow(definition, workflowId, now);
      try {
        await flows.insertOne(toDocument(flow));
        return flow;
      } catch (error) {
        if (!isTaken(error)) throw error;
        return (await nameTaken(flow.name)) ? 'name_taken' : 'workflow_id_taken';
      }
    },
    get: read,
    async list(page) {
      return mapPage(await listPage(flows, {}, page, { kind: 'flw_' }), toFlow);
    },
    async saveDraft(id, definition, revision, now) {
      const flow = await read(id);
      if (!flow) return null;
      if (flow.draftRevision !== revision) return 'stale';
      const { name } = definition;
      const change = { name, draft: JSON.stringify(definition), draftRevision: revision + 1, updatedAt: now };
      try {
        const filter = { _id: flow.id, draftRevision: revision };
        const saved = await flows.findOneAndUpdate(filter, { $set: change }, { returnDocument: 'after' });
        return saved ? toFlow(saved) : 'stale';
      } catch (error) {
        if (!isTaken(error)) throw error;
        return 'name_taken';
      }
    },
    async publish(id, definition, rollbackOf, now) {
      const flow = await read(id);
      if (!flow) return null;
      const made = await addVersion(flow, { definition, publishedAt: now, rollbackOf });
      // Where two publish at once, the greater version stays: it is never put back by the one before it.
      await flows.updateOne(
        { _id: flow.id, latestVersion: { $lt: made.version } },
        { $set: { publishedVersion: made.version, latestVersion: made.version, updatedAt: now } },
      );
      return made;
    },
    async unpublish(id, now) {
      const flow = await read(id);
      if (!flow) return null;
      const change = { $set: { publishedVersion: null, updatedAt: now } };
      const after = await flows.findOneAndUpdate({ _id: flow.id }, change, { returnDocument: 'after' });
      return after && toFlow(after);
    },
    async version(id, number) {
      const found = await version(id, number);
      if (found) return found;
      const flow = await read(id);
      return flow && flow.id !== id ? version(flow.id, number) : null;
    },
    async versions(id) {
      const flow = await read(id);
      if (!flow) return [];
      return (await versions.find({ flowId: flow.id }).sort({ version: -1 }).toArray()).map(toVersion);
    },
  };
}

function versionsOf(versions: Collection<VersionDocument>) {
  const held = createBoundedMap<string, FlowVersion>(VERSIONS_HELD);
  return {
    async version(flowId: string, number: number): Promise<FlowVersion | null> {
      const _id = versionId(flowId, number);
      const known = held.get(_id);
      if (known) return known;
      const document = await versions.findOne({ _id });
      if (!document) return null;
      const found = toVersion(document);
      held.set(_id, found);
      return found;
    },
    /** As the next number, which it finds by trying: a process may have ended after the insert. */
    async addVersion(
      { id: flowId, workflowId, latestVersion }: Flow,
      rest: Pick<FlowVersion, 'definition' | 'publishedAt' | 'rollbackOf'>,
    ): Promise<FlowVersion> {
      for (let version = latestVersion + 1; ; version++) {
        const made: FlowVersion = { flowId, workflowId, version, ...rest };
        const definition = JSON.stringify(made.definition);
        try {
          await versions.insertOne({ ...made, _id: versionId(flowId, version), definition });
          return made;
        } catch (error) {
          if (!isTaken(error)) throw error;
        }
      }
    },
  };
}

function versionId(flowId: string, version: number): string {
  return `${flowId} ${version}`;
}

function toDocument({ id, draft, ...rest }: Flow): FlowDocument {
  return { _id: id, ...rest, draft: JSON.stringify(draft) };
}

function toFlow({ _id, draft, ...rest }: FlowDocument): Flow {
  return { id: _id, ...rest, draft: JSON.parse(draft) as FlowDefinition };
}

function toVersion({ _id, definition, ...rest }: VersionDocument): FlowVersion {
  return { ...rest, definition: JSON.parse(definition) as FlowDefinition };
}
