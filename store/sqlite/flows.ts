import type { FlowDefinition } from '../../schemas/flow';
import type { SqliteDatabase } from '../../sqlite/open';
import type { Flow, FlowStore, FlowVersion } from '../contract';
import { newFlow } from '../new-flow';
import { createRowCache } from './row-cache';
import { isTaken, mapPage, pagesOf } from './rows';

const FLOWS_HELD = 1000;

interface FlowRow {
  id: string;
  workflow_id: string;
  name: string;
  draft: string;
  draft_revision: number;
  published_version: number | null;
  latest_version: number;
  created_at: number;
  updated_at: number;
}

interface VersionRow {
  flow_id: string;
  workflow_id: string;
  version: number;
  definition: string;
  published_at: number;
  rollback_of: number | null;
}

/** Flows in onward.db. Reads by ID and of versions come from memory; what they give is shared and must not be changed. */
export function createSqliteFlows(db: SqliteDatabase): FlowStore {
  const pages = pagesOf<FlowRow>(db, 'flows');
  const reader = createReader(db);
  const write = writer(db);
  const { read } = reader;

  /** Makes a change of one flow in a transaction. */
  const change = <T>(id: string, make: (flow: Flow) => T): T | null => {
    const result = db
      .transaction(() => {
        const flow = read(id);
        return flow ? make(flow) : null;
      })
      .immediate();
    reader.forget();
    return result;
  };

  return {
    async create(definition, workflowId, now) {
      const flow = newFlow(definition, workflowId, now);
      return taken(() => {
        write.insert(flow);
        return flow;
      });
    },
    async get(id) {
      return reader.find(id);
    },
    async list(page) {
      return mapPage(pages(page), toFlow);
    },
    async saveDraft(id, definition, revision, now) {
      const saved = taken(() =>
        change(id, (flow) => {
          if (flow.draftRevision !== revision) return 'stale';
          write.draft(flow.id, definition, revision + 1, now);
          return read(flow.id);
        }),
      );
      return saved === 'workflow_id_taken' ? 'name_taken' : saved;
    },
    async publish(id, definition, rollbackOf, now) {
      return change(id, (flow) => {
        const next = flow.latestVersion + 1;
        const published = { flowId: flow.id, workflowId: flow.workflowId, version: next, definition, publishedAt: now };
        write.version({ ...published, rollbackOf });
        write.published(flow.id, next, next, now);
        return { ...published, rollbackOf };
      });
    },
    async unpublish(id, now) {
      return change(id, (flow) => {
        write.published(flow.id, null, flow.latestVersion, now);
        return read(flow.id);
      });
    },
    async version(id, number) {
      return reader.version(id, number);
    },
    async versions(id) {
      return reader.versions(id);
    },
  };
}

/** What is read for every invocation comes from memory. */
function createReader(db: SqliteDatabase) {
  const byId = db.prepare('SELECT * FROM flows WHERE id = ?');
  const byWorkflowId = db.prepare('SELECT * FROM flows WHERE workflow_id = ?');
  const version = db.prepare('SELECT * FROM flow_versions WHERE flow_id = ? AND version = ?');
  const versions = db.prepare('SELECT * FROM flow_versions WHERE flow_id = ? ORDER BY version DESC');
  const flows = createRowCache<Flow>(db, FLOWS_HELD);
  const heldVersions = createRowCache<FlowVersion>(db, FLOWS_HELD);

  const read = (id: string): Flow | null => {
    const row = (byId.get([id]) ?? byWorkflowId.get([id])) as FlowRow | undefined;
    return row ? toFlow(row) : null;
  };
  const find = (id: string) => flows.get(id, () => read(id));

  return {
    /** From the file, for a change. */
    read,
    find,
    version: (id: string, number: number) =>
      heldVersions.get(`${id} ${number}`, () => {
        const flow = find(id);
        const row = flow && (version.get([flow.id, number]) as VersionRow | undefined);
        return row ? toVersion(row) : null;
      }),
    versions(id: string): FlowVersion[] {
      const flow = find(id);
      return flow ? (versions.all([flow.id]) as VersionRow[]).map(toVersion) : [];
    },
    /** Versions never change: only the flows are forgotten. */
    forget: () => flows.clear(),
  };
}

function writer(db: SqliteDatabase) {
  const insert = db.prepare('INSERT INTO flows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const draft = db.prepare('UPDATE flows SET name = ?, draft = ?, draft_revision = ?, updated_at = ? WHERE id = ?');
  const published = db.prepare(
    'UPDATE flows SET published_version = ?, latest_version = ?, updated_at = ? WHERE id = ?',
  );
  const version = db.prepare(
    'INSERT INTO flow_versions (flow_id, version, workflow_id, definition, published_at, rollback_of) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    insert: (flow: Flow) =>
      insert.run([
        flow.id,
        flow.workflowId,
        flow.name,
        JSON.stringify(flow.draft),
        flow.draftRevision,
        flow.publishedVersion,
        flow.latestVersion,
        flow.createdAt,
        flow.updatedAt,
      ]),
    draft: (id: string, definition: FlowDefinition, revision: number, now: number) =>
      draft.run([definition.name, JSON.stringify(definition), revision, now, id]),
    published: (id: string, current: number | null, latest: number, now: number) =>
      published.run([current, latest, now, id]),
    version: (v: FlowVersion) =>
      version.run([v.flowId, v.version, v.workflowId, JSON.stringify(v.definition), v.publishedAt, v.rollbackOf]),
  };
}

function taken<T>(write: () => T): T | 'name_taken' | 'workflow_id_taken' {
  try {
    return write();
  } catch (error) {
    if (isTaken(error, 'flows.name')) return 'name_taken';
    if (isTaken(error, 'flows.workflow_id')) return 'workflow_id_taken';
    throw error;
  }
}

function toFlow(row: FlowRow): Flow {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    name: row.name,
    draft: JSON.parse(row.draft) as FlowDefinition,
    draftRevision: row.draft_revision,
    publishedVersion: row.published_version,
    latestVersion: row.latest_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toVersion(row: VersionRow): FlowVersion {
  return {
    flowId: row.flow_id,
    workflowId: row.workflow_id,
    version: row.version,
    definition: JSON.parse(row.definition) as FlowDefinition,
    publishedAt: row.published_at,
    rollbackOf: row.rollback_of,
  };
}
