import type { OpenAccount, ProviderAdapter, Refused, WebhookRequest, WebhookVerdict } from '../providers/contract';
import type { Receipt } from '../schemas/receipt';
import type { Provider } from '../schemas/vocabulary';
import { faultOf } from './fault';
import { notFound, problem } from './problem';
import { acceptedSchema, acceptReceipts } from './receipts';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const PLAIN = '/v1/receipts/{provider}';
const SECRET = '/v1/receipts/{provider}/{token}';

/**
 * The largest batch that any of them documents is Meta's, of up to 3 MB
 * (https://developers.facebook.com/docs/graph-api/webhooks/getting-started); SendGrid's have up to 768 KB.
 */
const WEBHOOK_LIMIT_BYTES = 4 * 1024 * 1024;

/** The ways in of the providers: a signature, or a path that nobody can guess, stands in the place of a key. */
export function webhookRoutes(services: Services): Route[] {
  const shared = { tag: 'receipts', access: 'public' } as const;
  const raw = {
    types: [],
    limitBytes: WEBHOOK_LIMIT_BYTES,
    tooLarge: ({ provider }: ApiRequest['params']) => {
      const [account] = services.providers.receiving(provider ?? '');
      if (account) count(services, account, 'oversized');
    },
  };
  return [
    route({
      ...shared,
      method: 'POST',
      path: PLAIN,
      summary: 'A provider’s webhook; it needs the provider’s signature instead of a key',
      raw,
      responses: { 202: acceptedSchema },
      handle: (request) => takeSigned(services, request),
    }),
    route({
      ...shared,
      method: 'GET',
      path: PLAIN,
      summary: 'The question by which a provider makes sure that this address is ours',
      responses: { 200: null },
      produces: ['text/plain'],
      handle: (request) => answerChallenge(services, request),
    }),
    route({
      ...shared,
      method: 'POST',
      path: SECRET,
      summary: 'The webhook of a provider that does not sign, at the path of one account',
      raw,
      responses: { 202: acceptedSchema },
      handle: (request) => takeSecret(services, request, 'POST'),
    }),
    route({
      ...shared,
      method: 'GET',
      path: SECRET,
      summary: 'The same of a provider that calls with GET, or asks whether the address is ours',
      responses: { 202: acceptedSchema, 200: null },
      produces: ['text/plain'],
      handle: (request) => takeSecret(services, request, 'GET'),
    }),
  ];
}

/** What was signed is the public address, never what the Host header says. */
function webhookOf({ publicUrl }: Services, request: ApiRequest, method: WebhookRequest['method']): WebhookRequest {
  const { search, headers, rawBody } = request;
  return { method, url: publicUrl + request.url, query: search, headers, body: rawBody };
}

async function takeSigned(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const accounts = accountsOf(services, request).filter(({ adapter }) => adapter.normalise);
  const [first] = accounts;
  if (!first) return unknownProvider();
  const signing = accounts.filter(({ adapter }) => adapter.verify);
  const webhook = webhookOf(services, request, 'POST');
  let best: Exclude<WebhookVerdict, 'genuine'> = 'unsigned';
  for (const account of signing) {
    const verdict = verdictOf(services, account, webhook);
    if (verdict === 'genuine') return take(services, account, webhook, request.trace);
    if (BETTER[verdict] > BETTER[best]) best = verdict;
  }
  count(services, first, best);
  if (signing.length > 0) return refused(best);
  return problem(401, `${first.provider} does not sign, and this path takes what is signed.`, {
    hint: 'Let it call the webhookUrl of its account: GET /v1/provider-accounts.',
    headers: UNAUTHORIZED,
  });
}

/** Of several accounts the one that came closest has the word. */
const BETTER: Record<Exclude<WebhookVerdict, 'genuine'>, number> = { unsigned: 0, forged: 1, stale: 2 };
const UNAUTHORIZED = { 'www-authenticate': 'Signature' };

function verdictOf(services: Services, { id, adapter }: OpenAccount, webhook: WebhookRequest): WebhookVerdict {
  try {
    return adapter.verify?.(webhook) ?? 'unsigned';
  } catch (error) {
    // One account that stumbles over it must not keep another from knowing it as its own. By its name alone: what the
    // error says may quote the secret that it was judged by.
    services.logger.error({ account: id, fault: faultOf(error).name }, 'a webhook could not be judged');
    return 'forged';
  }
}

function refused(verdict: Exclude<WebhookVerdict, 'genuine'>): ApiResponse {
  if (verdict === 'stale') {
    const hint = 'Check the clocks of both sides; a webhook that is sent again is signed anew.';
    return problem(403, 'The signature is too old.', { hint });
  }
  return problem(401, verdict === 'unsigned' ? 'The webhook is not signed.' : 'The signature does not fit.', {
    hint: 'Check the provider’s secret here, and that ONWARD_PUBLIC_URL is the address that the provider calls.',
    headers: UNAUTHORIZED,
  });
}

async function takeSecret(
  services: Services,
  request: ApiRequest,
  method: WebhookRequest['method'],
): Promise<ApiResponse> {
  const [first] = accountsOf(services, request);
  if (!first) return unknownProvider();
  const { provider = '', token = '' } = request.params;
  const account = services.providers.bySecret(provider, token);
  if (!account) {
    count(services, first, 'wrong_path');
    return problem(403, 'This path is no account’s.', {
      hint: 'GET /v1/provider-accounts tells each one’s webhookUrl.',
    });
  }
  const webhook = webhookOf(services, request, method);
  const { adapter } = account;
  if (method === 'GET' && adapter.challenge) return challenged(services, [account], webhook);
  if (!adapter.normalise) return unknownProvider();
  const verdict = adapter.verify ? verdictOf(services, account, webhook) : 'genuine';
  if (verdict === 'genuine') return take(services, account, webhook, request.trace);
  count(services, account, verdict);
  return refused(verdict);
}

async function answerChallenge(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const accounts = accountsOf(services, request);
  const asked = accounts.filter(({ adapter }) => adapter.challenge);
  if (asked.length > 0) return challenged(services, asked, webhookOf(services, request, 'GET'));
  if (accounts.length === 0) return unknownProvider();
  return problem(405, 'GET is not known on this path.', { hint: 'It takes POST.', headers: { allow: 'POST' } });
}

/** The account whose word it has answers. */
function challenged(services: Services, accounts: readonly OpenAccount[], webhook: WebhookRequest): ApiResponse {
  for (const { adapter } of accounts) {
    const answer = adapter.challenge?.(webhook);
    if (answer?.status === 200) {
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: answer.body };
    }
  }
  for (const account of accounts.slice(0, 1)) count(services, account, 'challenge');
  return problem(403, 'The token of this question is not ours.', {
    hint: 'Give the provider the verification token that the account has.',
  });
}

async function take(
  services: Services,
  account: OpenAccount,
  webhook: WebhookRequest,
  trace: ApiRequest['trace'],
): Promise<ApiResponse> {
  const { adapter } = account;
  const receipts = normalised(adapter, webhook);
  if (receipts === null) {
    count(services, account, 'malformed');
    return problem(400, 'This is no receipt of that provider.', { hint: 'Check the webhook’s format.' });
  }
  if (receipts.length === 0) return { status: 202, body: { accepted: 0 } };
  // A provider that calls again is told to; what any other brings would be lost while the log is away.
  const answer = await acceptReceipts(services, receipts, {
    several: true,
    orElse: adapter.facts.redelivers ? undefined : 'spool',
    // The provider's account may serve another Onward too: what is that one's must not spoil what is ours.
    onForeign: () => count(services, account, 'forged'),
    trace,
  });
  if (answer.status === 401) count(services, account, 'forged');
  return answer;
}

function normalised(adapter: ProviderAdapter, webhook: WebhookRequest): Receipt[] | null {
  try {
    return adapter.normalise?.(webhook) ?? null;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function accountsOf({ providers }: Services, { params }: ApiRequest): readonly OpenAccount[] {
  return providers.receiving(params.provider ?? '');
}

function count({ providerMetrics }: Services, { provider }: { provider: Provider }, why: Refused): void {
  providerMetrics.webhookRefused(provider, why);
}

function unknownProvider(): ApiResponse {
  const hint =
    'GET /v1/provider-accounts lists the accounts. Receipts of a gateway of your own go to POST /v1/receipts.';
  return notFound('This provider', hint);
}
