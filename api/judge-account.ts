import type { ProviderKind } from '../providers/contract';
import type { FieldError } from '../schemas/problem';
import type { AccountWrite } from '../schemas/provider-account';
import { type Validator, validator } from '../schemas/validate';
import type { ProviderAccount } from '../store/contract';
import { destinationsOf } from './account-destinations';
import { SET } from './account-view';
import type { Services } from './services';

type Judged<T> = { ok: true; value: T } | { ok: false; errors: FieldError[]; hint?: string };

/** What a write comes to once it is judged. */
export interface JudgedAccount {
  kind: ProviderKind;
  settings: Record<string, unknown>;
  credentials: Record<string, string>;
}

/** What stands. */
type Before = Pick<ProviderAccount, 'settings' | 'credentials'>;

interface Judges {
  settings: Validator<Record<string, unknown>>;
  credentials: Validator<Record<string, string>>;
}

const judges = new WeakMap<ProviderKind, Judges>();

/**
 * By the provider's own schemas. The errors name fields and never what stands in them.
 * @param before its credentials are kept where the body has none, or has a name as it was shown
 */
export function judgeAccount(
  { accounts }: Pick<Services, 'accounts'>,
  body: AccountWrite,
  before: Before | null,
): Judged<JudgedAccount> {
  const kind = accounts.kinds.find(({ provider }) => provider === body.provider);
  if (!kind) {
    const names = accounts.kinds.map(({ provider }) => provider).join(', ');
    const message = `${body.provider} has no accounts.`;
    const hint = names ? `Providers with accounts: ${names}.` : 'A step may name it as it is.';
    return { ok: false, errors: [{ pointer: '/provider', message }], hint };
  }
  const given = body.settings ?? {};
  const kept = keptCredentials(body.credentials, before && keepable(before, given));
  const { settings, credentials } = judgesOf(kind);
  const [judgedSettings, judgedCredentials] = [settings(given), credentials(kept.credentials)];
  const errors = [
    ...kept.errors,
    ...(judgedSettings.ok ? more(kind, given) : placed('/settings', judgedSettings.errors)),
    ...(judgedCredentials.ok ? [] : placed('/credentials', judgedCredentials.errors)),
  ];
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, value: { kind, settings: given, credentials: kept.credentials } };
}

function judgesOf(kind: ProviderKind): Judges {
  const made = judges.get(kind) ?? {
    settings: validator(kind.settings, `the settings of ${kind.provider}`),
    credentials: validator(kind.credentials, `the credentials of ${kind.provider}`),
  };
  judges.set(kind, made);
  return made;
}

interface Keepable {
  credentials: Readonly<Record<string, string>>;
  /** Nobody who may not read them has them sent to a server of his own. */
  moved: boolean;
}

function keepable({ settings, credentials }: Before, given: Record<string, unknown>): Keepable {
  const known = destinationsOf(settings);
  return { credentials, moved: [...destinationsOf(given)].some((one) => !known.has(one)) };
}

const MOVED = 'The account sends to another server now: give the credential again.';
const NOT_THERE = `“${SET}” stands for a credential that is there already: give the credential itself.`;

/** Whoever sends back what was read means that it stays. */
function keptCredentials(given: AccountWrite['credentials'], before: Keepable | null) {
  const credentials: Record<string, string> = {};
  const errors: FieldError[] = [];
  const there = before?.credentials ?? {};
  for (const [name, value] of Object.entries(given ?? there)) {
    const stays = Object.hasOwn(there, name) && (given === undefined || value === SET);
    const message = stays ? before?.moved && MOVED : given !== undefined && value === SET && NOT_THERE;
    if (message) errors.push({ pointer: `/credentials/${name}`, message });
    // The schema lets only strings in.
    credentials[name] = stays ? (there[name] ?? '') : (value as string);
  }
  return { credentials, errors };
}

/** What the schema cannot tell. */
function more(kind: ProviderKind, settings: Record<string, unknown>): FieldError[] {
  const errors = kind.judge?.(settings) ?? [];
  if (errors.length > 0) return placed('/settings', errors);
  try {
    kind.factsOf(settings);
    return [];
  } catch {
    return [{ pointer: '/settings', message: `${kind.provider} can do nothing with these settings.` }];
  }
}

function placed(before: string, errors: readonly FieldError[]): FieldError[] {
  return errors.map(({ pointer, message }) => ({ pointer: before + pointer, message }));
}
