import type {
  AccountOptions,
  AccountTrial,
  ProviderAdapter,
  ProviderKind,
  ProviderWorld,
  SendAnswer,
  SendRequest,
  WebhookRequest,
} from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { Receipt } from '../../schemas/receipt';
import type { Provider } from '../../schemas/vocabulary';

/** An account of a fake kind as it was opened. */
export interface FakeAccount {
  options: AccountOptions;
  world: ProviderWorld;
  sent: SendRequest[];
  closed: boolean;
}

export interface FakeKind extends ProviderKind {
  /** In the order in which they were opened. */
  opened: FakeAccount[];
  /** What a trial of any account comes to. */
  trial: () => Promise<AccountTrial>;
  /** What a send is answered with. */
  answer: () => Promise<SendAnswer>;
}

export interface FakeKindOptions {
  signs?: boolean;
  challenges?: boolean;
  receives?: boolean;
  redelivers?: boolean;
  connects?: boolean;
  /** The variable in which the environment has its token. */
  variable?: string;
}

const ACCEPTED: SendAnswer = { outcome: 'accepted', providerMessageId: 'm-1', costMicros: null };

/**
 * A provider that exists in tests alone. Its accounts have a sender, a token and, if one likes, another server; a webhook is signed by the header
 * `x-signature: <token>`, too old with `x-age: old`, and is one receipt as JSON, or an array of them. A sender `broken`
 * cannot be opened.
 */
export function fakeKind(provider: Provider, options: FakeKindOptions = {}): FakeKind {
  const { receives = true, variable, connects } = options;
  const facts = { ...PROVIDER_CATALOG[provider], redelivers: options.redelivers ?? true };
  const kind: FakeKind = {
    provider,
    connects,
    opened: [],
    trial: async () => ({ ok: true, detail: 'It is there.' }),
    answer: async () => ACCEPTED,
    settings: {
      type: 'object',
      additionalProperties: false,
      required: ['sender'],
      properties: { sender: { type: 'string', pattern: '^[a-z+0-9]+$' }, apiUrl: { type: 'string' } },
    },
    credentials: {
      type: 'object',
      additionalProperties: false,
      required: ['token'],
      properties: { token: { type: 'string', minLength: 6 }, word: { type: 'string' } },
    },
    judge: ({ sender }) => (sender === 'nobody' ? [{ pointer: '/sender', message: '“sender” must be somebody.' }] : []),
    fromEnvironment(env) {
      const token = variable === undefined ? undefined : env[variable];
      if (token === 'unreadable') throw new SyntaxError(`cannot read ${token}`);
      return token === undefined ? null : { settings: { sender: 'env' }, credentials: { token } };
    },
    factsOf: ({ sender }) => ({ ...facts, costMicros: { sms: sender === 'dear' ? 99_000 : 10_000 } }),
    open(account, world) {
      const { sender } = account.settings;
      if (sender === 'broken') throw new SyntaxError(`cannot read ${account.credentials.token}`);
      const opened: FakeAccount = { options: account, world, sent: [], closed: false };
      kind.opened.push(opened);
      const adapter: ProviderAdapter = {
        facts,
        async send(request) {
          opened.sent.push(request);
          return kind.answer();
        },
        test: () => kind.trial(),
        async close() {
          opened.closed = true;
        },
      };
      const { token } = account.credentials;
      if (receives) adapter.normalise = receiptsIn;
      if (options.signs) adapter.verify = ({ headers }) => verdictOf(headers, token);
      if (options.challenges) adapter.challenge = ({ query }) => challengeOf(query, account.credentials.word);
      return adapter;
    },
  };
  return kind;
}

function verdictOf(headers: WebhookRequest['headers'], token: string | undefined) {
  if (headers['x-signature'] === undefined) return 'unsigned';
  if (headers['x-signature'] === 'stumble') throw new Error('a signature that the adapter stumbles over');
  if (headers['x-signature'] !== token) return 'forged';
  return headers['x-age'] === 'old' ? 'stale' : 'genuine';
}

function challengeOf(query: URLSearchParams, word: string | undefined) {
  if (word === undefined || query.get('hub.verify_token') !== word) return { status: 403, body: '' };
  return { status: 200, body: query.get('hub.challenge') ?? '' };
}

function receiptsIn({ body, query }: WebhookRequest): Receipt[] {
  const found: unknown = JSON.parse(body.length > 0 ? body.toString() : JSON.stringify(Object.fromEntries(query)));
  return [found].flat().map((receipt) => ({ ref: query.get('ref') ?? '', ...(receipt as Receipt) }));
}
