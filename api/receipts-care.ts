import { isoTime } from '../core/iso-time';
import { DEAD_LETTER_LIMITS, deadLettersSchema, redriveSchema } from '../schemas/dead-letter';
import { LIST_LIMITS } from '../schemas/list';
import type { Receipt } from '../schemas/receipt';
import { RECEIPT_STATUSES } from '../schemas/vocabulary';
import { seesAddresses } from './access';
import { notFound } from './problem';
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
    route<unknown, { limit?: number }>({
      method: 'GET',
      path: '/v1/receipts/dead',
      summary: 'Dead letters since they were last given another try, the oldest first',
      tag: 'receipts',
      access: EDIT,
      query: {
        type: 'object',
        additionalProperties: false,
        properties: { limit: { type: 'integer', minimum: 1, maximum: DEAD_LETTER_LIMITS.most } },
      },
      responses: { 200: deadLettersSchema },
      handle: (request) => listDead(services, request),
    }),
    route<{ id?: string }>({
      method: 'POST',
      path: '/v1/receipts/dead/redrive',
      summary: 'Give every dead letter since the last time another try, or one of them',
      tag: 'receipts',
      access: EDIT,
      body: redriveSchema,
      bodyOptional: true,
      audit: { action: 'dead_letters.redriven', resource: 'receipts' },
      responses: { 200: redrivenSchema },
      handle: (request) => redrive(services, request),
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

async function listDead(
  { deadLetters }: Services,
  { query, caller }: ApiRequest<unknown, { limit?: number }>,
): Promise<ApiResponse> {
  const waiting = await deadLetters.waiting(query.limit ?? DEAD_LETTER_LIMITS.usual);
  const items = waiting.map(({ partition, position, redriven, letter: { cause, source, at, value, characters } }) => ({
    id: `${partition}-${position}`,
    cause,
    at: at || null,
    source,
    // A receipt names the address that it is of, or its provider's answer does.
    value: seesAddresses(caller) ? value : null,
    characters: characters ?? null,
    redriven,
  }));
  return { status: 200, body: { items } };
}

async function redrive({ deadLetters }: Services, { body }: ApiRequest<{ id?: string }>): Promise<ApiResponse> {
  const [, partition, position] = /^(\d+)-(\d+)$/.exec(body?.id ?? '') ?? [];
  if (partition === undefined) return { status: 200, body: await deadLetters.redrive() };
  const done = await deadLetters.redriveOne({ partition: Number(partition), position: Number(position) });
  if (!done) return notFound('This dead letter', 'GET /v1/receipts/dead lists those that wait.');
  return { status: 200, body: done };
}
