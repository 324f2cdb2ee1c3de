import type { ProviderAdapter, WebhookRequest } from '../providers/contract';
import { ForgedReference } from '../receipts/contract';
import { type Receipt, receiptsBodySchema } from '../schemas/receipt';
import { faultOf } from './fault';
import { notFound, problem, unavailable } from './problem';
import { BODY_LIMIT_BYTES } from './request-body';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const acceptedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['accepted'],
  properties: { accepted: { type: 'integer', minimum: 0 } },
} as const;

export function receiptRoutes(services: Services): Route[] {
  return [
    route<Receipt | Receipt[]>({
      method: 'POST',
      path: '/v1/receipts',
      summary: 'Delivery receipts of a gateway of one’s own, one or an array',
      tag: 'receipts',
      access: { resource: 'receipts', level: 'EDIT' },
      body: receiptsBodySchema,
      responses: { 202: acceptedSchema },
      hot: true,
      handle: (request) => takeOwn(services, request),
    }),
    route({
      method: 'POST',
      path: '/v1/receipts/{provider}',
      summary: 'A provider’s webhook; it needs the provider’s signature instead of a key',
      tag: 'receipts',
      access: 'public',
      raw: { types: [], limitBytes: BODY_LIMIT_BYTES },
      responses: { 202: acceptedSchema },
      handle: (request) => takeWebhook(services, request),
    }),
  ];
}

async function takeOwn(services: Services, { body, key }: ApiRequest<Receipt | Receipt[]>): Promise<ApiResponse> {
  const receipts = Array.isArray(body) ? body : [body];
  if (key.mode === 'test' && (await namesLiveRun(services, receipts))) {
    return problem(403, 'A test key cannot write receipts for live invocations.', { hint: 'Use a live key.' });
  }
  return accept(services, receipts, Array.isArray(body));
}

/** A reference was signed for whoever carries the message; the other ways to name an attempt can be guessed. */
async function namesLiveRun({ store }: Services, receipts: readonly Receipt[]): Promise<boolean> {
  for (const { ref, invocationId, provider, providerMessageId } of receipts) {
    if (ref !== undefined) continue;
    const named =
      invocationId ?? (await store.invocations.findMessage(provider ?? '', providerMessageId ?? ''))?.invocationId;
    const record = named === undefined ? null : await store.records.get(named);
    if (record?.mode === 'live') return true;
  }
  return false;
}

/** 202 once the log has them: what becomes of a receipt that nobody knows is not its sender's concern. */
async function accept(
  services: Services,
  receipts: readonly Receipt[],
  several: boolean,
  orElse?: 'spool',
): Promise<ApiResponse> {
  try {
    await services.intake.accept(receipts, orElse);
  } catch (error) {
    if (error instanceof ForgedReference) {
      const pointer = several ? `/${error.index}/ref` : '/ref';
      return problem(401, 'The attempt reference was not signed here.', {
        hint: 'Send “ref” exactly as it was given to the provider.',
        errors: [{ pointer, message: 'This reference was not signed by this Onward.' }],
        headers: { 'www-authenticate': 'Bearer realm="onward"' },
      });
    }
    services.logger.error({ error: faultOf(error) }, 'receipts could not be written to the log');
    return unavailable('The log takes no receipts now.');
  }
  for (const { status } of receipts) services.metrics.receipt(status);
  return { status: 202, body: { accepted: receipts.length } };
}

async function takeWebhook(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const adapter = services.providers.of(request.params.provider ?? '')[0]?.adapter;
  if (!adapter?.verify || !adapter.normalise) {
    return notFound('This provider', 'Normalised receipts of your own go to POST /v1/receipts.');
  }
  const webhook: WebhookRequest = {
    method: 'POST',
    // What was signed is the public address, never what the Host header says.
    url: services.publicUrl + request.url,
    query: request.search,
    headers: request.headers,
    body: request.rawBody,
  };
  if (adapter.verify(webhook) !== 'genuine') {
    return problem(401, 'The signature does not fit.', {
      hint: 'Check the provider’s secret here, and that ONWARD_PUBLIC_URL is the address that the provider calls.',
      headers: { 'www-authenticate': 'Signature' },
    });
  }
  const receipts = normalise(adapter, webhook);
  if (receipts === null)
    return problem(400, 'This is no receipt of that provider.', { hint: 'Check the webhook’s format.' });
  if (receipts.length === 0) return { status: 202, body: { accepted: 0 } };
  // A provider that calls again is told to; what any other brings would be lost while the log is away.
  return accept(services, receipts, true, adapter.facts.redelivers ? undefined : 'spool');
}

function normalise(adapter: ProviderAdapter, webhook: WebhookRequest): Receipt[] | null {
  try {
    return adapter.normalise?.(webhook) ?? null;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}
