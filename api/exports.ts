import {
  EXPORT_COLUMNS,
  EXPORT_DATASETS,
  EXPORT_FORMATS,
  type ExportDataset,
  type ExportFormat,
  type ExportQuery,
  exportQuerySchema,
} from '../schemas/export';
import type { Mode } from '../schemas/vocabulary';
import type { Flow } from '../store/contract';
import { accepted } from './accept';
import { masksAddresses } from './access';
import { exportPages, type Wanted } from './export-pages';
import { csvText, ndjsonText } from './export-text';
import { askedFlow } from './flow-scope';
import { maskedPages } from './masked';
import { modeOf } from './mode';
import { parquetBytes } from './parquet-stream';
import { invalid, notFound, unavailable } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import { CSV, indexQuery, NDJSON } from './search';
import type { Services } from './services';

/** https://www.iana.org/assignments/media-types/application/vnd.apache.parquet */
const PARQUET = 'application/vnd.apache.parquet';
const TYPES = { ndjson: NDJSON, csv: CSV, parquet: PARQUET } as const satisfies Record<ExportFormat, string>;
/** Each holds a page of rows, and of Parquet a row group. */
const MOST_AT_ONCE = 4;
const RETRY_AFTER_SECONDS = 30;

export function exportRoutes(services: Services): Route[] {
  let underWay = 0;
  return [
    route<unknown, ExportQuery>({
      method: 'GET',
      path: '/v1/exports/{dataset}',
      summary: `All that matches, as a file: ${EXPORT_DATASETS.join(', ')}; newest first`,
      tag: 'analytics',
      access: { resource: 'analytics', level: 'VIEW' },
      query: exportQuerySchema,
      responses: { 200: null },
      produces: Object.values(TYPES),
      async handle(request) {
        const judged = await judge(services, request);
        if (!judged.ok) return judged.response;
        if (underWay >= MOST_AT_ONCE) return unavailable(`${MOST_AT_ONCE} exports are under way.`, RETRY_AFTER_SECONDS);
        const closed = request.closed();
        if (closed.aborted) return { status: 200 };
        underWay += 1;
        closed.addEventListener('abort', () => {
          underWay -= 1;
        });
        return answer(services, judged.wanted, request, closed);
      },
    }),
  ];
}

async function answer(
  services: Services,
  wanted: Wanted & { flow: Flow | null },
  request: ApiRequest<unknown, ExportQuery>,
  closed: AbortSignal,
): Promise<ApiResponse> {
  await services.projected?.();
  const format = formatOf(request);
  const rows = await exportPages(services, wanted, closed);
  const pages = masksAddresses(request.caller) ? maskedPages(rows) : rows;
  const columns = EXPORT_COLUMNS[wanted.dataset];
  const type = format === 'csv' ? `${CSV}; charset=utf-8` : TYPES[format];
  const name = fileName(wanted, format, services.now());
  const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
  if (format === 'parquet') {
    return { status: 200, headers, stream: parquetBytes(services.parquetThread, columns, pages) };
  }
  const names = columns.map((column) => column.name);
  return { status: 200, headers, stream: format === 'csv' ? csvText(names, pages) : ndjsonText(pages) };
}

/** `format` where it is given, else what Accept names, else NDJSON. */
function formatOf({ query, headers }: ApiRequest<unknown, ExportQuery>): ExportFormat {
  if (query.format !== undefined) return query.format;
  const type = accepted(headers.accept, [NDJSON, CSV, PARQUET, 'application/jsonl']);
  return EXPORT_FORMATS.find((format) => TYPES[format] === type) ?? 'ndjson';
}

type Judged = { ok: true; wanted: Wanted & { flow: Flow | null } } | { ok: false; response: ApiResponse };

async function judge(services: Services, request: ApiRequest<unknown, ExportQuery>): Promise<Judged> {
  const { query, caller, params } = request;
  const dataset = EXPORT_DATASETS.find((name) => name === params.dataset);
  if (!dataset) return no(notFound('This dataset', `There are ${EXPORT_DATASETS.join(', ')}.`));
  const mode = modeOf(caller, query.mode);
  if (!mode.ok) return no(mode.response);
  const named = await askedFlow(services, caller, query.flow, dataset === 'rollups');
  if (!named.ok) return named;
  const { flow } = named;
  const wrong = wrongIn(query, dataset, flow);
  if (wrong) return no(invalid([wrong], 'Mend the query and send the request again.'));
  if (dataset === 'rollups') {
    return { ok: true, wanted: { dataset, flow, query: rollupQuery(query, mode.mode, flow) } };
  }
  const { format: _format, ...filters } = query;
  const found = await indexQuery(services, { query: filters, caller }, mode.mode);
  // The flow was there a moment ago, and flows are never removed.
  if (!found) return no(notFound('This flow'));
  return { ok: true, wanted: { dataset, flow, query: found } };
}

function no(response: ApiResponse): { ok: false; response: ApiResponse } {
  return { ok: false, response };
}

const ROLLUPS_TAKE: ReadonlySet<keyof ExportQuery> = new Set(['format', 'flow', 'version', 'from', 'to', 'mode']);

function keysOf(query: ExportQuery): (keyof ExportQuery)[] {
  return Object.keys(query) as (keyof ExportQuery)[];
}

/** What a schema cannot say. A file without a row would look like an answer to a name that is misspelt. */
function wrongIn(query: ExportQuery, dataset: ExportDataset, flow: Flow | null) {
  const { from, to, version } = query;
  if (query.flow !== undefined && !flow) return { pointer: '/query/flow', message: 'There is no such flow.' };
  if (version !== undefined && flow && version > flow.latestVersion) {
    return { pointer: '/query/version', message: `The newest version of this flow is ${flow.latestVersion}.` };
  }
  const ofRuns = dataset === 'rollups' ? keysOf(query).find((name) => !ROLLUPS_TAKE.has(name)) : undefined;
  if (ofRuns !== undefined) {
    return { pointer: `/query/${ofRuns}`, message: 'Rollups count all runs of an hour; leave it out.' };
  }
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
    return { pointer: '/query/to', message: '“to” must be later than “from”.' };
  }
  return null;
}

function rollupQuery({ version, from, to }: ExportQuery, mode: Mode, flow: Flow | null) {
  return {
    mode,
    ...(flow && { flowId: flow.id }),
    ...(version !== undefined && { flowVersion: version }),
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
  };
}

/** onward-attempts-wf_otp-v3-live-20261126T101530Z.csv: nothing in it that a file system or a header minds. */
function fileName({ dataset, flow, query }: Wanted & { flow: Flow | null }, format: ExportFormat, now: number): string {
  const at = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const version = query.flowVersion === undefined ? [] : [`v${query.flowVersion}`];
  const parts = ['onward', dataset, ...(flow ? [flow.workflowId] : []), ...version, query.mode, at];
  return `${parts.join('-').replace(/[^\w.-]/g, '_')}.${format}`;
}
