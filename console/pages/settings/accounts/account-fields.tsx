import { useTranslation } from 'react-i18next';
import { findingsAt } from '../../../parts/faults';
import { Checkbox, type Finding, Select, TextArea, TextField } from '../../../parts/field';
import { Group } from '../../../parts/form';
import type { FieldSchema, ObjectSchema, ProviderKind, Unreadable } from './account';
import { useFieldWords } from './field-words';

/** Fields for what the provider's own schema names, and no others. */
export function SettingFields({
  kind,
  values,
  error,
  unreadable,
  onChange,
}: {
  kind: ProviderKind;
  values: Readonly<Record<string, string>>;
  error: unknown;
  unreadable: Unreadable;
  onChange(name: string, value: string): void;
}) {
  const { t } = useTranslation('settings');
  const fields = inOrder(kind.settings);
  return (
    <Group legend={t('account.settings')}>
      {fields.map(([name, schema]) => {
        const findings = findingsAt(error, `/settings/${name}`);
        if (unreadable[name]) findings.push({ tone: 'bad', words: t('account.noJson') });
        return (
          <SettingField
            key={name}
            name={name}
            kind={kind}
            schema={schema}
            value={values[name] ?? ''}
            findings={findings}
            onChange={(value) => onChange(name, value)}
          />
        );
      })}
    </Group>
  );
}

function SettingField({
  name,
  kind,
  schema,
  value,
  findings,
  onChange,
}: {
  name: string;
  kind: ProviderKind;
  schema: FieldSchema;
  value: string;
  findings: Finding[];
  onChange(value: string): void;
}) {
  const { t } = useTranslation('parts');
  const { label, hint } = useFieldWords(kind.provider, name, schema);
  const required = kind.settings.required?.includes(name) ?? false;
  const around = { label, findings, ...(hint && { hint }) };
  if (schema.type === 'boolean') {
    return (
      <Checkbox
        label={label}
        {...(hint && { hint })}
        checked={value === 'true'}
        onChange={(on) => onChange(String(on))}
      />
    );
  }
  if (schema.type === 'object' || schema.type === 'array') {
    return <TextArea {...around} code required={required} value={value} onChange={onChange} />;
  }
  if (schema.enum) {
    const choices = ['', ...schema.enum].map((one) => ({ value: one, words: one || `(${t('optional')})` }));
    return <Select {...around} value={value} choices={choices} onChange={onChange} />;
  }
  const numeric = schema.type === 'integer' || schema.type === 'number';
  return (
    <TextField
      {...around}
      type={numeric ? 'number' : 'text'}
      {...(numeric && { min: schema.minimum, max: schema.maximum })}
      dir="ltr"
      autoComplete="off"
      spellCheck={false}
      required={required}
      value={value}
      onChange={onChange}
    />
  );
}

/** Never filled in: what is there is not given back, and stays where nothing is typed. */
export function CredentialFields({
  kind,
  names,
  kept,
  typed,
  error,
  onChange,
}: {
  kind: ProviderKind;
  names: readonly string[];
  kept: Readonly<Record<string, string>>;
  typed: Readonly<Record<string, string>>;
  error: unknown;
  onChange(name: string, value: string): void;
}) {
  return names.map((name) => (
    <CredentialField
      key={name}
      name={name}
      kind={kind}
      isSet={Object.hasOwn(kept, name)}
      value={typed[name] ?? ''}
      findings={findingsAt(error, `/credentials/${name}`)}
      onChange={(value) => onChange(name, value)}
    />
  ));
}

/** Credentials that are files of several lines. */
const FILES = ['serviceAccount', 'privateKey'];

function CredentialField({
  name,
  kind,
  isSet,
  value,
  findings,
  onChange,
}: {
  name: string;
  kind: ProviderKind;
  isSet: boolean;
  value: string;
  findings: Finding[];
  onChange(value: string): void;
}) {
  const { t } = useTranslation('settings');
  const words = useFieldWords(kind.provider, name, kind.credentials.properties?.[name] ?? {});
  const hint = [isSet ? t('secret.kept') : null, words.hint].filter(Boolean).join(' ');
  const required = !isSet && (kind.credentials.required?.includes(name) ?? false);
  const around = {
    label: words.label,
    findings,
    required,
    value,
    onChange,
    autoComplete: 'off',
    ...(hint && { hint }),
  };
  if (FILES.includes(name)) return <TextArea {...around} code />;
  return <TextField {...around} type="password" autoComplete="new-password" dir="ltr" />;
}

/** Those that must be there first; addresses of interfaces, which few change, last. */
export function inOrder(schema: ObjectSchema): [string, FieldSchema][] {
  const rank = (name: string) => (schema.required?.includes(name) ? 0 : /Url$/.test(name) ? 2 : 1);
  return Object.entries(schema.properties ?? {}).sort(([a], [b]) => rank(a) - rank(b));
}
