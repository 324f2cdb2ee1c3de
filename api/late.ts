import { setImmediate as turn } from 'node:timers/promises';
import { lateItems } from '../core/late-items';
import { type LateItem, type LateSummary, lateItemSchema, lateLedgerSchema } from '../schemas/late';
import { LIST_LIMITS, type PageQuery, pageProperties } from '../schemas/list';
import { CHANNELS, type Channel, MODES, type Mode, PROVIDERS, type Provider } from '../schemas/vocabulary';
import type { IndexedInvocation, InvocationQuery } from '../store/contract';
import { accepted } from './accept';
import { masksAddresses } from './access';
import { csvText, ndjsonText } from './export-text';
import { maskedPages } from './masked';
import { modeOf } from './mode';
import { pageRequest } from './page';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const text = { type: 'string', minLength: 1, maxLength: 300 } as const;
const moment = { type: 'string', format: 'date-time', maxLength: 40 } as const;

const lateQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...pageProperties,
    flow: { ...text, description: 'A flow ID or a workflow ID.' },
    version: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
    step: text,
    channel: { type: 'string', enum: CHANNELS },
    provider: { type: 'string', enum: PROVIDERS },
    from: { ...moment, description: 'Of invocations created at or after.' },
    to: { ...moment, description: 'Of invocations created before.' },
    mode: { type: 'string', enum: MODES, description: 'Default: live.' },
  },
} as const;

interface LateQuery extends PageQuery {
  flow?: string;
  version?: number;
  step?: string;
  channel?: Channel;
  provider?: Provider;
  from?: string;
  to?: string;
  mode?: Mode;
}

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';
const COLUMNS = Object.keys(lateItemSchema.properties) as (keyof LateItem)[];

export function lateRoutes(services: Services): Route[] {
  const summaries = heldSummaries();
  return [
    route<unknown, LateQuery>({
      method: 'GET',
      path: '/v1/analytics/late',
      summary: 'The late-receipt ledger: messages that came late or twice, and what was billed twice',
      tag: 'analytics',
      access: { resource: 'analytics', level: 'VIEW' },
      query: lateQuerySchema,
      responses: { 200: lateLedgerSchema },
      produces: [NDJSON, CSV],
      handle: (request) => ledger(services, summaries, request),
    }),
  ];
}

async function ledger(
  services: Services,
  summaries: Summaries,
  request: ApiRequest<unknown, LateQuery>,
): Promise<ApiResponse> {
  const { query, caller, headers } = request;
  const mode = modeOf(caller, query.mode);
  if (!mode.ok) return mode.response;
  // A further page goes on from what the first one showed.
  if (query.cursor === undefined) await services.projected?.();
  const runs = await runsQuery(services, request, mode.mode);
  const format = accepted(headers.accept, ['application/json', NDJSON, 'application/jsonl', CSV]);
  const ledgerOf = { services, runs, wanted: wantedBy(query) };
  if (format === 'application/json') {
    const { limit, cursor } = pageRequest(query);
    const page = await itemsPage(ledgerOf, limit, cursor);
    const name = JSON.stringify({ runs, ...query, limit: undefined, cursor: undefined });
    const summary = await summaries.of(name, query.cursor !== undefined, services.now(), () => summarise(ledgerOf));
    return { status: 200, body: { summary, ...page } };
  }
  // The first page is read before the answer begins, so that a bad cursor can still be answered as one.
  const first = await itemsPage(ledgerOf, query.limit ?? LIST_LIMITS.most, query.cursor ?? null);
  const items = everyPage(ledgerOf, first, query.limit !== undefined);
  const pages = masksAddresses(caller) ? maskedPages(items) : items;
  const type = format === CSV ? `${CSV}; charset=utf-8` : NDJSON;
  return {
    status: 200,
    headers: { 'content-type': type },
    stream: format === CSV ? csvText(COLUMNS, pages) : ndjsonText(pages),
  };
}

/** Null where the filters name a flow that is not there, so that nothing can be found. */
async function runsQuery(
  { store }: Services,
  { query: { flow: named, version, from, to }, caller }: ApiRequest<unknown, LateQuery>,
  mode: Mode,
): Promise<InvocationQuery | null> {
  const flow = named === undefined ? undefined : await store.flows.get(named);
  if (flow === null) return null;
  return {
    mode,
    lateOrDuplicate: true,
    ...(flow && { workflowId: flow.workflowId }),
    ...(caller.flows && { flowIds: caller.flows }),
    ...(version !== undefined && { flowVersion: version }),
    ...(from !== undefined && { createdFrom: Date.parse(from) }),
    ...(to !== undefined && { createdTo: Date.parse(to) - 1 }),
  };
}

interface Ledger {
  services: Services;
  runs: InvocationQuery | null;
  wanted(item: LateItem): boolean;
}

function wantedBy({ step, channel, provider }: LateQuery): (item: LateItem) => boolean {
  return (item) =>
    (step === undefined || item.step === step) &&
    (channel === undefined || item.channel === channel) &&
    (provider === undefined || item.provider === provider);
}

interface ItemsPage {
  items: LateItem[];
  nextCursor: string | null;
}

/** Whole invocations: a page may have a few items more than its limit, of the last one's further messages. */
async function itemsPage({ services, runs, wanted }: Ledger, limit: number, cursor: string | null): Promise<ItemsPage> {
  const items: LateItem[] = [];
  let at = cursor;
  while (runs !== null) {
    const rest = { limit: Math.max(limit - items.length, 1), cursor: at };
    const page = await services.store.invocations.search(runs, rest, 'metadata');
    items.push(...page.items.flatMap(itemsOf).filter(wanted));
    at = page.nextCursor;
    if (at === null || items.length >= limit) return { items, nextCursor: at };
  }
  return { items, nextCursor: null };
}

function itemsOf({ record, state }: IndexedInvocation): LateItem[] {
  return lateItems(record.id, state);
}

async function* everyPage(ledgerOf: Ledger, first: ItemsPage, firstAlone: boolean): AsyncGenerator<LateItem[]> {
  let page = first;
  for (;;) {
    yield page.items;
    const { nextCursor } = page;
    if (nextCursor === null || firstAlone) return;
    // As in run-pages.ts: others have their turn.
    await turn();
    page = await itemsPage(ledgerOf, LIST_LIMITS.most, nextCursor);
  }
}

/** Over the whole range, by the same judgement as the items; in the order of workflow, version and step. */
async function summarise(ledgerOf: Ledger): Promise<LateSummary[]> {
  const rows = new Map<string, LateSummary>();
  const first = await itemsPage(ledgerOf, LIST_LIMITS.most, null);
  for await (const items of everyPage(ledgerOf, first, false)) for (const item of items) addTo(rows, item);
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function addTo(rows: Map<string, LateSummary>, item: LateItem): void {
  const { workflowId, flowVersion, step, channel, provider, currency } = item;
  const of = { workflowId, flowVersion, step, channel, provider };
  const name = JSON.stringify([...Object.values(of), currency]);
  const row = rows.get(name) ?? { ...of, late: 0, duplicates: 0, costTwiceMicros: 0, currency };
  row.late += Number(item.late);
  row.duplicates += Number(item.duplicate);
  row.costTwiceMicros += item.costTwiceMicros;
  rows.set(name, row);
}

const HELD = { summaries: 20, forMs: 60_000 } as const;

interface Summaries {
  /** @param further of a further page: what was summed up for the first one will do */
  of(name: string, further: boolean, now: number, sum: () => Promise<LateSummary[]>): Promise<LateSummary[]>;
}

/** Whoever turns pages is not made to wait on each for all of them to be read. */
function heldSummaries(): Summaries {
  const held = new Map<string, { summary: Promise<LateSummary[]>; until: number }>();
  return {
    async of(name, further, now, sum) {
      const known = held.get(name);
      if (further && known && now < known.until) return known.summary;
      const summary = sum();
      held.delete(name);
      held.set(name, { summary, until: now + HELD.forMs });
      const [oldest] = held.keys();
      if (held.size > HELD.summaries && oldest !== undefined) held.delete(oldest);
      return summary.catch((error) => {
        held.delete(name);
        throw error;
      });
    },
  };
}
