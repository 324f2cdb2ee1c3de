import { settledAddress } from '../core/phone';
import { invocationView } from '../core/view';
import { type InvocationView, invocationSchema } from '../schemas/invocation';
import { LIST_LIMITS, listOf, type PageQuery, pageProperties } from '../schemas/list';
import { type RunFilters, runFiltersSchema } from '../schemas/run-filters';
import type { Mode } from '../schemas/vocabulary';
import type { IndexedInvocation, InvocationQuery, PageRequest } from '../store/contract';
import { accepted } from './accept';
import { masksAddresses, seesOnlyOwn } from './access';
import type { Caller } from './caller';
import { csvText, ndjsonText } from './export-text';
import { maskedPages } from './masked';
import { modeOf } from './mode';
import { pageOf, pageRequest } from './page';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import { runPages } from './run-pages';
import type { Services } from './services';

const searchQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...pageProperties,
    ...runFiltersSchema.properties,
    workflowId: { type: 'string', minLength: 1, maxLength: 300 },
  },
} as const;

type SearchQuery = PageQuery & RunFilters & { workflowId?: string };

export const NDJSON = 'application/x-ndjson';
export const CSV = 'text/csv';

export function searchRoute(services: Services): Route {
  return route<unknown, SearchQuery>({
    method: 'GET',
    path: '/v1/invocations',
    summary: 'Search invocations, newest first',
    tag: 'invocations',
    access: { resource: 'invocations', level: 'VIEW' },
    query: searchQuerySchema,
    responses: { 200: listOf(invocationSchema) },
    produces: [NDJSON, CSV],
    handle: (request) => search(services, request),
  });
}

async function search(services: Services, request: ApiRequest<unknown, SearchQuery>): Promise<ApiResponse> {
  const mode = modeOf(request.caller, request.query.mode);
  if (!mode.ok) return mode.response;
  // A further page goes on from what the first one showed.
  if (request.query.cursor === undefined) await services.projected?.();
  const query = await indexQuery(services, request, mode.mode);
  const index = services.store.invocations;
  const format = accepted(request.headers.accept, ['application/json', NDJSON, 'application/jsonl', CSV]);
  if (format === 'application/json') {
    if (query === null) return { status: 200, body: { items: [], nextCursor: null } };
    return { status: 200, body: pageOf(await index.search(query, pageRequest(request.query)), viewOf) };
  }
  // The first page is read before the answer begins, so that a bad cursor can still be answered as one.
  const page = pageRequest({ limit: LIST_LIMITS.most, ...request.query });
  const pages = query === null ? NOTHING : await foundPages(services, query, request.query.limit, page);
  const views = viewsOf(pages);
  const rows = masksAddresses(request.caller) ? maskedPages(views) : views;
  const stream = format === CSV ? csvText(COLUMNS, rows) : ndjsonText(rows);
  const type = format === CSV ? `${CSV}; charset=utf-8` : NDJSON;
  return { status: 200, headers: { 'content-type': type }, stream };
}

/** Null where the filters name a flow that is not there, so that nothing can be found. */
export async function indexQuery(
  services: Services,
  { query, caller }: { query: SearchQuery; caller: Caller },
  mode: Mode,
): Promise<InvocationQuery | null> {
  let { workflowId } = query;
  if (query.flow !== undefined) {
    const flow = await services.store.flows.get(query.flow);
    if (!flow || (workflowId !== undefined && workflowId !== flow.workflowId)) return null;
    ({ workflowId } = flow);
  }
  const { version, status, recipient, externalId, providerMessageId, from, to } = query;
  const { reachedStep, reachedChannel, late, duplicate, reason } = query;
  return {
    mode,
    ...(seesOnlyOwn(caller) && { keyId: caller.id }),
    ...(caller.flows && { flowIds: caller.flows }),
    ...(workflowId !== undefined && { workflowId }),
    ...(version !== undefined && { flowVersion: version }),
    ...(status !== undefined && { status }),
    ...(recipient !== undefined && { recipient: recipientIn(recipient, mode) }),
    ...(externalId !== undefined && { externalId }),
    ...(providerMessageId !== undefined && { providerMessageId }),
    ...(reachedStep !== undefined && { reachedStep }),
    ...(reachedChannel !== undefined && { reachedChannel }),
    ...(late !== undefined && { late: late === 'true' }),
    ...(duplicate !== undefined && { duplicate: duplicate === 'true' }),
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { createdFrom: Date.parse(from) }),
    // The index takes both ends for its own.
    ...(to !== undefined && { createdTo: Date.parse(to) - 1 }),
  };
}

/** A plus that was not escaped came as a space. */
function recipientIn(text: string, mode: Mode): string {
  return settledAddress(text.replace(/^ (?=[1-9])/, '+'), mode);
}

function viewOf({ record, state }: IndexedInvocation): InvocationView {
  return invocationView(state, record);
}

const NOTHING: AsyncIterable<IndexedInvocation[]> = {
  async *[Symbol.asyncIterator]() {},
};

/** The first page alone where a limit is given, else all that follow too. */
async function foundPages(
  { store }: Services,
  query: InvocationQuery,
  limit: number | undefined,
  page: PageRequest,
): Promise<AsyncIterable<IndexedInvocation[]>> {
  const first = await store.invocations.search(query, page);
  return runPages(store.invocations, query, limit === undefined ? first : { ...first, nextCursor: null }, page.limit);
}

async function* viewsOf(pages: AsyncIterable<IndexedInvocation[]>): AsyncGenerator<InvocationView[]> {
  for await (const page of pages) yield page.map(viewOf);
}

const COLUMNS = [
  'id',
  'workflowId',
  'flowVersion',
  'mode',
  'status',
  'externalId',
  'createdAt',
  'endedAt',
  'reachedChannel',
  'reachedStep',
  'duplicate',
  'costMicros',
  'costTwiceMicros',
  'currency',
] as const satisfies readonly (keyof InvocationView)[];
