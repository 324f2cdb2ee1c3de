import type { AccountView, ProviderKindView } from '../../../../schemas/provider-account';

export type Account = AccountView;
export type Provider = Account['provider'];

export type ProviderKind = ProviderKindView;
export type ObjectSchema = ProviderKind['settings'];
/** What a field of an account is, of JSON Schema as far as the providers use it. */
export type FieldSchema = NonNullable<ObjectSchema['properties']>[string];

/** An account as it is written in the form: settings as text, so that nothing typed is lost. Holds no credential. */
export interface AccountDraft {
  id: string;
  name: string;
  provider: Provider;
  isDefault: boolean;
  enabled: boolean;
  perSecond: number | null;
  settings: Record<string, string>;
}

export function draftOf(account: Account): AccountDraft {
  const { id, name, provider, isDefault = false, enabled = true, perSecond = null, settings = {} } = account;
  const texts = Object.entries(settings).map(([key, value]) => [key, textOf(value)]);
  return { id, name, provider, isDefault, enabled, perSecond, settings: Object.fromEntries(texts) };
}

export const NEW_ACCOUNT: AccountDraft = {
  id: '',
  name: '',
  provider: 'twilio',
  isDefault: false,
  enabled: true,
  perSecond: null,
  settings: {},
};

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : String(value);
}

/** By the name of the setting, what is no JSON although it has to be. */
export type Unreadable = Record<string, true>;

/** The settings as the API takes them. What stands empty is left out. */
export function settingsOf(
  draft: AccountDraft,
  schema: ObjectSchema,
): { settings: Record<string, unknown>; unreadable: Unreadable } {
  const settings: Record<string, unknown> = {};
  const unreadable: Unreadable = {};
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const text = draft.settings[name]?.trim() ?? '';
    if (text === '') continue;
    if (field.type === 'string' || field.enum) settings[name] = text;
    else {
      try {
        settings[name] = JSON.parse(text);
      } catch {
        unreadable[name] = true;
      }
    }
  }
  return { settings, unreadable };
}

/**
 * The credentials as the API takes them: what was typed, and what stays.
 * @returns undefined where all of them stay
 */
export function credentialsOf(
  typed: Readonly<Record<string, string>>,
  kept: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const given = Object.entries(typed).filter(([, value]) => value !== '');
  if (given.length === 0 && Object.keys(kept).length > 0) return undefined;
  return { ...kept, ...Object.fromEntries(given) };
}
