import { listOf } from '../schemas/list';
import {
  PRICE_LIMITS,
  type PricesQuery,
  priceRowSchema,
  pricesQuerySchema,
  pricesWriteSchema,
  pricesWrittenSchema,
} from '../schemas/price';
import { accepted } from './accept';
import { csvRows, itemRows, judgePriceRows, PRICE_COLUMNS, pricesCsv, type RawRow } from './price-rows';
import { invalid } from './problem';
import { bodyText, isJson, mediaType, parseJson } from './request-body';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const PATH = '/v1/prices';
const CSV = 'text/csv';
const HINT = 'Nothing was changed. Mend what “errors” points at and send the whole table again.';

/** What a message costs, by provider, account, channel and country. */
export function priceRoutes(services: Services): Route[] {
  return [
    route<unknown, PricesQuery>({
      method: 'GET',
      path: PATH,
      summary: 'The price table, as JSON or CSV',
      tag: 'prices',
      access: { resource: 'flows', level: 'VIEW' },
      query: pricesQuerySchema,
      responses: { 200: listOf(priceRowSchema) },
      produces: [CSV],
      async handle({ query, headers }) {
        const { rows } = await services.store.prices.all();
        const items = query.provider ? rows.filter(({ provider }) => provider === query.provider) : rows;
        if (accepted(headers.accept, ['application/json', CSV]) !== CSV) {
          return { status: 200, body: { items, nextCursor: null } };
        }
        return { status: 200, headers: { 'content-type': `${CSV}; charset=utf-8` }, stream: pricesCsv(items) };
      },
    }),
    route<unknown, PricesQuery>({
      method: 'PUT',
      path: PATH,
      summary: 'Replace the price table, or one provider’s part of it; all of it or nothing',
      tag: 'prices',
      access: { resource: 'administration', level: 'EDIT' },
      audit: {
        action: 'prices.replaced',
        resource: 'prices',
        read: async () => (await services.store.prices.all()).rows,
      },
      raw: { types: ['application/json', CSV], limitBytes: PRICE_LIMITS.bytes, json: pricesWriteSchema },
      query: pricesQuerySchema,
      responses: { 200: pricesWrittenSchema },
      handle: (request) => replace(services, request),
    }),
  ];
}

async function replace(services: Services, request: ApiRequest<unknown, PricesQuery>): Promise<ApiResponse> {
  const provider = request.query.provider ?? null;
  const read = rowsOf(request);
  if (!read.ok) return read.response;
  const judged = await judgePriceRows(read.rows, provider);
  if (!judged.ok) {
    return invalid(judged.errors, judged.more > 0 ? `${HINT} ${judged.more} more errors are not shown.` : HINT);
  }
  const table = await services.store.prices.replace(judged.rows, provider, services.now());
  if (table === 'too_many') {
    const message = `With the other providers’ rows the table would have more than ${PRICE_LIMITS.rows}.`;
    return invalid([{ pointer: '', message }], HINT);
  }
  services.prices.changed();
  return { status: 200, body: { rows: judged.rows.length, total: table.rows.length } };
}

type Read = { ok: true; rows: RawRow[] } | { ok: false; response: ApiResponse };

function rowsOf({ rawBody, headers }: ApiRequest): Read {
  const text = bodyText(rawBody);
  if (!text.ok) return text;
  if (!isJson(mediaType(headers['content-type']))) {
    const read = csvRows(text.text);
    const hint = `${HINT} The first line names the columns: ${PRICE_COLUMNS.join(',')}.`;
    return read.ok ? read : { ok: false, response: invalid(read.errors, hint) };
  }
  const parsed = parseJson(text.text);
  if (!parsed.ok) return parsed;
  const { items, ...others } = Object(parsed.value) as Record<string, unknown>;
  if (Array.isArray(items) && Object.keys(others).length === 0) return { ok: true, rows: itemRows(items) };
  const message = 'The body must be an object with the one field “items”, an array of prices.';
  return { ok: false, response: invalid([{ pointer: '', message }], HINT) };
}
