import { readFileSync } from 'node:fs';
import type { ProviderFacts } from '../../core/provider-facts';
import type { AccountOptions, AccountTrial, ProviderAdapter, ProviderKind, ProviderWorld } from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import { attempt, call } from '../http-call';
import { lookupAnswer, recallAnswer, sendAnswer } from './answer';
import { judgeSettings } from './judge';
import { isOneOf } from './locate';
import { receiptsIn } from './receipts';
import { callOf, PathLeft, viewOfQuestion, viewOfSend } from './request';
import { credentialsSchema, type HttpSettings, type LookupSettings, settingsSchema } from './settings';
import { verdictOn } from './signature';
import { MissingCredential } from './template';

/** Any gateway that speaks HTTP, by configuration alone (docs/add-a-provider.md). */
export const http: ProviderKind = {
  provider: 'http',
  settings: settingsSchema,
  credentials: credentialsSchema,
  judge: (settings) => judgeSettings(settings as unknown as HttpSettings),
  fromEnvironment: (env) => (env.HTTP_GATEWAY_CONFIG ? described(env.HTTP_GATEWAY_CONFIG) : null),
  factsOf: (settings) => factsOf(settings as unknown as HttpSettings),
  open: openHttp,
};

/** Judged by `settingsSchema` and `judge` before. */
function openHttp({ settings: given, credentials }: AccountOptions, world: ProviderWorld): ProviderAdapter {
  const settings = given as unknown as HttpSettings;
  const { lookup, recall, test, receipts, codes = {} } = settings;
  const signature = receipts?.signature;
  const unknown = (code: string) => world.unknownCode(code);
  return {
    facts: factsOf(settings),
    send: (request) =>
      attempt(async () => {
        const prepared = prepare(() => callOf(settings.send, viewOfSend(request, settings, credentials, world)));
        if ('answer' in prepared) return prepared.answer;
        return sendAnswer(settings, await call({ ...prepared.call, signal: request.signal }), unknown);
      }),
    ...(lookup && {
      async lookup(message) {
        if (message.providerMessageId === null && byItsId(lookup)) return { known: 'unknown' };
        const answer = await call(callOf(lookup.request, viewOfQuestion(message, credentials, world)));
        return lookupAnswer(lookup, codes, answer, message, unknown);
      },
    }),
    ...(recall && {
      async recall(message) {
        if (message.providerMessageId === null && byItsId(recall)) return { outcome: 'refused', code: null };
        const answer = await call(callOf(recall.request, viewOfQuestion(message, credentials, world)));
        return recallAnswer(recall, answer);
      },
    }),
    ...(test && { test: () => trial(test, credentials) }),
    ...(signature && {
      verify: (request) => verdictOn(signature, ownOf(credentials, signature.secret), request, world.clock()),
    }),
    ...(receipts && { normalise: (request) => receiptsIn(receipts, codes, request, unknown) }),
  };
}

type Prepared = { call: ReturnType<typeof callOf> } | { answer: Awaited<ReturnType<ProviderAdapter['send']>> };

/** What cannot even be written down was surely not sent. */
function prepare(write: () => ReturnType<typeof callOf>): Prepared {
  try {
    return { call: write() };
  } catch (error) {
    const rejected = { outcome: 'rejected', retryAfterMs: null } as const;
    if (error instanceof MissingCredential) {
      return { answer: { ...rejected, reason: 'auth_failed', code: 'no_credential' } };
    }
    if (error instanceof PathLeft) return { answer: { ...rejected, reason: 'invalid_address', code: 'path' } };
    throw error;
  }
}

async function trial(
  { request, accepted = ['2xx'] }: NonNullable<HttpSettings['test']>,
  credentials: AccountOptions['credentials'],
): Promise<AccountTrial> {
  try {
    const { status } = await call(callOf({ method: 'GET', ...request }, { values: {}, content: {}, credentials }));
    if (isOneOf(accepted, status)) return { ok: true, detail: `The gateway answered ${status}.` };
    return { ok: false, code: String(status), detail: `The gateway answered ${status}.` };
  } catch (error) {
    const detail = error instanceof MissingCredential ? error.message : 'The gateway could not be reached.';
    return { ok: false, code: null, detail };
  }
}

function factsOf(settings: HttpSettings): ProviderFacts {
  const { http: general } = PROVIDER_CATALOG;
  const { channels, lookup, recall, redelivers = false, validity } = settings;
  return {
    ...general,
    receipts: channels ?? general.receipts,
    validitySeconds: validity ?? null,
    recall: recall !== undefined,
    // After a send that was not answered there is only our reference to ask by.
    lookup: lookup !== undefined && !byItsId(lookup),
    reconcile: lookup !== undefined,
    redelivers,
  };
}

/** Whether it can only be asked by the ID that the gateway gave. */
function byItsId({ request }: Pick<LookupSettings, 'request'>): boolean {
  return /\{\{[#^\s]*providerMessageId\s*\}\}/.test(JSON.stringify(request));
}

function ownOf(credentials: AccountOptions['credentials'], name: string): string | undefined {
  return Object.hasOwn(credentials, name) ? credentials[name] : undefined;
}

/**
 * `HTTP_GATEWAY_CONFIG`: JSON `{ settings, credentials }`, or the path of a file of it.
 * @throws Error that names the variable
 */
function described(given: string): Pick<AccountOptions, 'settings' | 'credentials'> {
  const inline = given.trimStart().startsWith('{');
  const wrong = (what: string, cause?: unknown) => new Error(`HTTP_GATEWAY_CONFIG ${what}`, { cause });
  let text = given;
  try {
    if (!inline) text = readFileSync(given, 'utf8');
  } catch (error) {
    throw wrong('is neither JSON nor a file that can be read', error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Its own message would quote the text, in which credentials stand.
    throw wrong('is no JSON');
  }
  const { settings, credentials = {} } = (value ?? {}) as Partial<AccountOptions>;
  if (typeof settings !== 'object' || settings === null) throw wrong('has no “settings”');
  return { settings, credentials };
}
