import { isoTime } from '../core/iso-time';
import { type AuditListQuery, auditEntrySchema, auditQuerySchema } from '../schemas/audit';
import { LIST_LIMITS, listOf } from '../schemas/list';
import type { AuditEntry, AuditQuery, AuditStore, Page } from '../store/contract';
import { accepted } from './accept';
import { csvText, ndjsonText } from './export-text';
import { pageOf, pageRequest } from './page';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import { CSV, NDJSON } from './search';
import type { Services } from './services';

const COLUMNS = [
  ...['id', 'at', 'byKind', 'byId', 'byName', 'action', 'resourceKind', 'resourceId'],
  ...['outcome', 'status', 'requestId', 'before', 'after'],
] as const;

export function auditRoutes(services: Services): Route[] {
  return [
    route<unknown, AuditListQuery>({
      method: 'GET',
      path: '/v1/audit',
      summary: 'Who changed what is set up, and what it was before; newest first',
      tag: 'audit',
      access: { resource: 'administration', level: 'VIEW' },
      query: auditQuerySchema,
      responses: { 200: listOf(auditEntrySchema) },
      produces: [NDJSON, CSV],
      handle: (request) => list(services, request),
    }),
  ];
}

async function list(
  { store: { audit } }: Services,
  { query, headers }: ApiRequest<unknown, AuditListQuery>,
): Promise<ApiResponse> {
  const asked = auditQuery(query);
  const format = accepted(headers.accept, ['application/json', NDJSON, 'application/jsonl', CSV]);
  if (format === 'application/json')
    return { status: 200, body: pageOf(await audit.list(asked, pageRequest(query)), view) };
  // The first page is read before the answer begins, so that a bad cursor can still be answered as one.
  const first = await audit.list(asked, pageRequest({ limit: LIST_LIMITS.most, ...query }));
  const pages = everyPage(audit, asked, query.limit === undefined ? first : { ...first, nextCursor: null });
  const type = format === CSV ? `${CSV}; charset=utf-8` : NDJSON;
  const stream = format === CSV ? csvText(COLUMNS, flat(pages)) : ndjsonText(viewed(pages));
  return { status: 200, headers: { 'content-type': type }, stream };
}

function auditQuery({ who, action, resource, from, to }: AuditListQuery): AuditQuery {
  return {
    ...(who !== undefined && { who }),
    ...(action !== undefined && { action }),
    ...(resource !== undefined && { resource }),
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
  };
}

async function* everyPage(
  audit: AuditStore,
  query: AuditQuery,
  first: Page<AuditEntry>,
): AsyncGenerator<readonly AuditEntry[]> {
  let page = first;
  for (;;) {
    yield page.items;
    if (page.nextCursor === null) return;
    page = await audit.list(query, { limit: LIST_LIMITS.most, cursor: page.nextCursor });
  }
}

function view({ at, before, after, ...entry }: AuditEntry) {
  return { ...entry, at: isoTime(at), before: parsed(before), after: parsed(after) };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

async function* viewed(pages: AsyncIterable<readonly AuditEntry[]>) {
  for await (const entries of pages) yield entries.map(view);
}

async function* flat(pages: AsyncIterable<readonly AuditEntry[]>) {
  for await (const entries of pages) {
    yield entries.map(({ at, by, resource, ...entry }) => ({
      ...entry,
      at: isoTime(at),
      ...{ byKind: by.kind, byId: by.id, byName: by.name },
      ...{ resourceKind: resource.kind, resourceId: resource.id },
    }));
  }
}
