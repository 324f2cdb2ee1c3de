import { isoTime } from '../core/iso-time';
import { LIST_LIMITS } from '../schemas/list';
import type { Receipt } from '../schemas/receipt';
import { RECEIPT_STATUSES } from '../schemas/vocabulary';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const EDIT = { resource: 'receipts', level: 'EDIT' } as const;

const parkedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['count', 'items'],
  properties: {
    count: { type: 'integer', minimum: 0, description: 'All that wait.' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['status', 'tries', 'dueAt'],
        properties: {
          provider: { type: 'string' },
          providerMessageId: { type: 'string' },
          invocationId: { type: 'string' },
          status: { type: 'string', enum: RECEIPT_STATUSES },
          tries: { type: 'integer', minimum: 0 },
          dueAt: { type: 'string', format: 'date-time', description: 'When it is tried next.' },
        },
      },
    },
  },
} as const;

const redrivenSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['redriven', 'left'],
  properties: {
    redriven: { type: 'integer', minimum: 0, description: 'Written to onward.receipts again.' },
    left: { type: 'integer', minimum: 0, description: 'Too long to have been kept whole.' },
  },
} as const;

interface ParkedQuery {
  limit?: number;
}

/** What could not be given to a run: not yet, or not at all. */
export function receiptCareRoutes(services: Services): Route[] {
  return [
    route<unknown, ParkedQuery>({
      method: 'GET',
      path: '/v1/receipts/parked',
      summary: 'Receipts that wait for their invocation or message to be known, the next to be tried first',
      tag: 'receipts',
      access: EDIT,
      query: {
        type: 'object',
        additionalProperties: false,
        properties: { limit: { type: 'integer', minimum: 1, maximum: LIST_LIMITS.most } },
      },
      responses: { 200: parkedSchema },
      handle: (request) => listParked(services, request),
    }),
    route({
      method: 'POST',
      path: '/v1/receipts/dead/redrive',
      summary: 'Give every dead letter since the last time another try',
      tag: 'receipts',
      access: EDIT,
      audit: { action: 'dead_letters.redriven', resource: 'receipts' },
      responses: { 200: redrivenSchema },
      handle: async () => ({ status: 200, body: await services.deadLetters.redrive() }),
    }),
  ];
}

async function listParked({ store }: Services, { query }: ApiRequest<unknown, ParkedQuery>): Promise<ApiResponse> {
  const [count, parked] = await Promise.all([
    store.parked.count(),
    store.parked.due(Number.MAX_SAFE_INTEGER, query.limit ?? LIST_LIMITS.usual),
  ]);
  const items = parked.map(({ receipt, tries, dueAt }) => {
    const { provider, providerMessageId, invocationId, status } = JSON.parse(receipt) as Receipt;
    return {
      provider,
      providerMessageId: providerMessageId ?? undefined,
      invocationId,
      status,
      tries,
      dueAt: isoTime(dueAt),
    };
  });
  return { status: 200, body: { count, items } };
}
