import { BATCH_LIMITS, type BatchItem, batchItemSchema, batchResultSchema } from '../schemas/batch';
import { forbiddenKeys } from '../schemas/forbidden-keys';
import type { Invoke } from '../schemas/invocation';
import { validator } from '../schemas/validate';
import type { RejectionReason } from '../store/contract';
import type { RequestTrace } from '../tracing/contract';
import { accepted } from './accept';
import type { Caller } from './caller';
import type { Logger } from './deps';
import { faultOf } from './fault';
import { flowRefused } from './flow-scope';
import { idempotencyKey } from './idempotency-key';
import type { InvokeService } from './invoke';
import { inMode, type ModeQuery, modeQuerySchema } from './mode';
import { invalid, problem } from './problem';
import type { Rejections } from './rejections';
import { bodyText, isJson, mediaType, parseJson } from './request-body';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { bodyRefused, type Door, turnAway } from './turn-away';

const NDJSON = 'application/x-ndjson';
const LINES = [NDJSON, 'application/jsonl'];

/** Enough to fill a group commit, few enough that single invocations pass between. */
const AT_ONCE = 100;

export function batchRoutes(services: Services, invoke: InvokeService, rejections: Rejections): Route[] {
  const { logger } = services;
  const door = { invoke: invokeSafely(logger, invoke), rejections };
  return [
    route<unknown, ModeQuery>({
      method: 'POST',
      path: '/v1/workflows/{workflowId}/invocations/batch',
      summary: 'Up to 10,000 invocations: a line or an array item each; one bad line spoils no other',
      tag: 'invocations',
      access: { resource: 'invoke', level: 'EDIT' },
      raw: { types: ['application/json', ...LINES], limitBytes: BATCH_LIMITS.bytes },
      query: modeQuerySchema,
      headers: [{ name: 'Idempotency-Key', description: 'Guards every item that has no `idempotencyKey` of its own.' }],
      responses: { 202: { type: 'array', items: batchResultSchema } },
      produces: [NDJSON],
      turnedAway: bodyRefused(rejections),
      async handle(request) {
        const chosen = inMode(request);
        if (!chosen.ok) return chosen.response;
        return (await flowRefused(services, request)) ?? invokeBatch(door, chosen.request);
      },
    }),
  ];
}

/** An item as it was read, or the answer to what cannot be read. */
type Item = { ok: true; value: unknown } | { ok: false; response: ApiResponse };

const judgeItem = validator<BatchItem>(batchItemSchema, 'an item of a batch');

async function invokeBatch(door: Door, request: ApiRequest): Promise<ApiResponse> {
  const { rejections } = door;
  const refuse = (response: ApiResponse) => turnAway(rejections, request, { response, reason: 'body_invalid' });
  const given = idempotencyKey(request.headers['idempotency-key']);
  if (!given.ok) return refuse(given.response);
  const type = mediaType(request.headers['content-type']);
  const read = isJson(type) ? readArray(request.rawBody) : readLines(request.rawBody);
  if (!read.ok) return refuse(read.response);
  if (read.items.length > BATCH_LIMITS.items) {
    const message = `A batch has at most ${BATCH_LIMITS.items} items; this one has ${read.items.length}.`;
    return refuse(invalid([{ pointer: '', message }], 'Send it in several batches.'));
  }
  const { caller, params, trace } = request;
  const results = await eachItem(read.items, (item, index) =>
    invokeItem(door, { caller, workflowId: params.workflowId ?? '', item, index, batchKey: given.key, trace }),
  );
  await rejections.told();
  const usual = isJson(type) ? 'application/json' : NDJSON;
  const asked = accepted(request.headers.accept, [usual, 'application/json', ...LINES]);
  if (asked === 'application/json') return { status: 202, body: results };
  const lines = results.map((result) => `${JSON.stringify(result)}\n`).join('');
  return { status: 202, headers: { 'content-type': NDJSON }, body: lines };
}

type Read = { ok: true; items: Item[] } | { ok: false; response: ApiResponse };

function readArray(body: Buffer): Read {
  const text = bodyText(body);
  if (!text.ok) return text;
  const parsed = parseJson(text.text, { forbidden: 'allow' });
  if (!parsed.ok) return parsed;
  if (!Array.isArray(parsed.value)) {
    return { ok: false, response: invalid([{ pointer: '', message: 'A batch must be an array of invocations.' }]) };
  }
  const items = parsed.value.map((value): Item => {
    const forbidden = forbiddenKeys(text.text, value);
    return forbidden.length > 0 ? { ok: false, response: invalid(forbidden) } : { ok: true, value };
  });
  return { ok: true, items };
}

/** Newline-delimited JSON: empty lines are no items. */
function readLines(body: Buffer): Read {
  const text = bodyText(body);
  if (!text.ok) return text;
  const lines = text.text.split('\n').filter((line) => line.trim() !== '');
  // Counted before it is parsed: ten million short lines are refused cheaply.
  if (lines.length > BATCH_LIMITS.items) return { ok: true, items: new Array(lines.length) };
  return { ok: true, items: lines.map((line) => parseJson(line)) };
}

interface ItemRequest {
  caller: Caller;
  workflowId: string;
  item: Item;
  index: number;
  batchKey: string | null;
  trace: RequestTrace | undefined;
}

async function invokeItem({ invoke, rejections }: Door, request: ItemRequest): Promise<object> {
  const { item, index, caller, workflowId, batchKey } = request;
  const refuse = (response: ApiResponse, reason: RejectionReason | null = 'body_invalid') => {
    if (reason !== null) rejections.count(caller.mode, workflowId, reason);
    return { index, ...(response.body as object) };
  };
  if (!item.ok) return refuse(item.response);
  const judged = judgeItem(item.value);
  if (!judged.ok) return refuse(invalid(judged.errors));
  // The schema has judged what stands in it; the type only lacks the key that is taken out here.
  const { idempotencyKey: own, ...body } = judged.value as BatchItem & Invoke;
  // Each run has a trace of its own: ten thousand in one can be read by nobody.
  const trace = request.trace?.part();
  const guard = own ?? (batchKey === null ? null : `${batchKey}#${index}`);
  const bodyBytes = JSON.stringify(body);
  const invoked = await invoke({ caller, workflowId, body, idempotencyKey: guard, bodyBytes, trace });
  trace?.ended(invoked.ok ? 202 : invoked.response.status);
  if (!invoked.ok) return refuse(invoked.response, invoked.reason);
  const answer = JSON.parse(invoked.answer) as object;
  return invoked.replay ? { index, ...answer, idempotencyReplay: true } : { index, ...answer };
}

/** A fault of ours in one item must not take the answers of the others with it. */
function invokeSafely(logger: Logger, invoke: InvokeService): InvokeService {
  return async (request) => {
    try {
      return await invoke(request);
    } catch (error) {
      logger.error({ error: faultOf(error) }, 'an item of a batch failed');
      const response = problem(500, 'Something failed on our side.', { hint: 'Send this item again.' });
      return { ok: false, response, reason: null };
    }
  };
}

/** Carries out a bounded number of items at once; the results stand in the order of the items. */
async function eachItem<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
