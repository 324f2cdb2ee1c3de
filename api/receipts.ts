import { ForgedReference } from '../receipts/contract';
import { type Receipt, receiptsBodySchema } from '../schemas/receipt';
import type { RequestTrace } from '../tracing/contract';
import { faultOf } from './fault';
import { problem, unavailable } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

export const acceptedSchema = {
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
  ];
}

async function takeOwn(
  services: Services,
  { body, caller, trace }: ApiRequest<Receipt | Receipt[]>,
): Promise<ApiResponse> {
  const receipts = Array.isArray(body) ? body : [body];
  if (caller.mode === 'test' && (await namesLiveRun(services, receipts))) {
    return problem(403, 'A test key cannot write receipts for live invocations.', { hint: 'Use a live key.' });
  }
  return acceptReceipts(services, receipts, { several: Array.isArray(body), trace });
}

/**
 * A reference was signed for whoever carries the message; the other ways to name an attempt can be guessed. A message that
 * nobody knows yet may be known later: only the sandbox's is a test's then.
 */
async function namesLiveRun({ store }: Services, receipts: readonly Receipt[]): Promise<boolean> {
  for (const { ref, invocationId, provider, providerMessageId } of receipts) {
    if (ref !== undefined) continue;
    const named =
      invocationId ?? (await store.invocations.findMessage(provider ?? '', providerMessageId ?? ''))?.invocationId;
    if (named === undefined && provider !== 'sandbox') return true;
    const record = named === undefined ? null : await store.records.get(named);
    if (record?.mode === 'live') return true;
  }
  return false;
}

interface Accepting {
  /** They came as a list. */
  several: boolean;
  orElse?: 'spool';
  /** Told of one among others whose reference is not ours; it is left out then. Left out: it spoils them all. */
  onForeign?(): void;
  /** Of the request that brought them. */
  trace: RequestTrace | undefined;
}

/** 202 once the log has them: what becomes of a receipt that nobody knows is not its sender's concern. */
export async function acceptReceipts(
  services: Services,
  receipts: readonly Receipt[],
  accepting: Accepting,
): Promise<ApiResponse> {
  const { several, orElse, onForeign, trace } = accepting;
  try {
    await services.intake.accept(trace ? broughtIn(trace, receipts) : receipts, orElse);
  } catch (error) {
    if (error instanceof ForgedReference) {
      const foreign = new Set(error.indices);
      const ours = receipts.filter((_receipt, index) => !foreign.has(index));
      if (onForeign && ours.length > 0) {
        for (let n = 0; n < foreign.size; n++) onForeign();
        return acceptReceipts(services, ours, accepting);
      }
      const pointer = several ? `/${error.index}/ref` : '/ref';
      return problem(401, 'The attempt reference was not signed here.', {
        hint: 'Send “ref” exactly as it was given to the provider.',
        errors: [{ pointer, message: 'This reference was not signed by this Onward.' }],
        headers: { 'www-authenticate': 'Bearer realm="onward"' },
      });
    }
    services.logger.error({ error: faultOf(error), ...trace?.ids }, 'receipts could not be written to the log');
    return unavailable('The log takes no receipts now.');
  }
  for (const { status } of receipts) services.metrics.receipt(status);
  return { status: 202, body: { accepted: receipts.length } };
}

/** The runs' traces are linked to the request: which runs they are is known only later, and perhaps elsewhere. */
function broughtIn({ traceparent }: RequestTrace, receipts: readonly Receipt[]): readonly Receipt[] {
  return traceparent === null ? receipts : receipts.map((receipt) => ({ ...receipt, traceparent }));
}
