import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { useTranslation } from 'react-i18next';
import styles from './field.module.css';
import type { Tone } from './note';

export interface Finding {
  tone: Extract<Tone, 'bad' | 'wait' | 'plain'>;
  words: string;
}

interface Around {
  label: string;
  hint?: ReactNode;
  /** What the linter or the server says of what stands in it. */
  findings?: readonly Finding[];
  /** Its name is read out and not shown, as in a table whose head shows it. */
  bare?: boolean;
}

interface Wired {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
}

/** Label, hint and findings around one field, tied to it for those who hear the page. */
export function Field({
  label,
  hint,
  findings = [],
  bare,
  required,
  children,
}: Around & { required?: boolean; children: (wired: Wired) => ReactNode }) {
  const id = useId();
  const { t } = useTranslation('parts');
  const told = findings.length > 0 || hint !== undefined;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={bare ? 'for-readers-only' : styles.label}>
        {label}
        {required && (
          <span aria-hidden="true" title={t('required')}>
            {' '}
            *
          </span>
        )}
      </label>
      {children({
        id,
        'aria-describedby': told ? `${id}-told` : undefined,
        'aria-invalid': findings.some(({ tone }) => tone === 'bad') || undefined,
      })}
      <div id={`${id}-told`} className={styles.told} aria-live="polite">
        {findings.map(({ tone, words }) => (
          <p key={words} data-tone={tone} className={styles.finding}>
            {words}
          </p>
        ))}
        {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      </div>
    </div>
  );
}

type Without<T> = Omit<T, 'id' | 'className' | 'onChange' | 'value' | 'aria-describedby' | 'aria-invalid'>;

export function TextField({
  label,
  hint,
  findings,
  bare,
  value,
  onChange,
  ...rest
}: Around & Without<InputHTMLAttributes<HTMLInputElement>> & { value: string; onChange(value: string): void }) {
  return (
    <Field label={label} hint={hint} findings={findings} bare={bare} required={rest.required}>
      {(wired) => (
        <input
          {...rest}
          {...wired}
          className={styles.input}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

/** A whole or decimal number; null while the field is empty or holds none. */
export function NumberField({
  value,
  onChange,
  unit,
  ...rest
}: Around &
  Without<InputHTMLAttributes<HTMLInputElement>> & {
    value: number | null;
    unit?: string;
    onChange(value: number | null): void;
  }) {
  const { label, hint, findings, bare, ...input } = rest;
  return (
    <Field
      label={unit ? `${label} (${unit})` : label}
      hint={hint}
      findings={findings}
      bare={bare}
      required={input.required}
    >
      {(wired) => (
        <input
          {...input}
          {...wired}
          className={styles.input}
          type="number"
          value={value ?? ''}
          onChange={({ target }) => onChange(Number.isFinite(target.valueAsNumber) ? target.valueAsNumber : null)}
        />
      )}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  findings,
  bare,
  code,
  value,
  onChange,
  ...rest
}: Around &
  Without<TextareaHTMLAttributes<HTMLTextAreaElement>> & {
    code?: boolean;
    value: string;
    onChange(value: string): void;
  }) {
  return (
    <Field label={label} hint={hint} findings={findings} bare={bare} required={rest.required}>
      {(wired) => (
        <textarea
          {...rest}
          {...wired}
          className={`${styles.input} ${code ? styles.code : ''}`}
          dir={code ? 'ltr' : 'auto'}
          spellCheck={!code}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

export interface Choice<T extends string> {
  value: T;
  words: string;
}

export function Select<T extends string>({
  label,
  hint,
  findings,
  bare,
  value,
  choices,
  onChange,
  ...rest
}: Around &
  Without<SelectHTMLAttributes<HTMLSelectElement>> & {
    value: T;
    choices: readonly Choice<T>[];
    onChange(value: T): void;
  }) {
  return (
    <Field label={label} hint={hint} findings={findings} bare={bare} required={rest.required}>
      {(wired) => (
        <select
          {...rest}
          {...wired}
          className={styles.input}
          value={value}
          onChange={({ target }) => onChange(target.value as T)}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({
  label,
  hint,
  bare,
  checked,
  onChange,
  disabled,
}: {
  label: string;
  hint?: string;
  /** Its name is read out and not shown. */
  bare?: boolean;
  checked: boolean;
  disabled?: boolean;
  onChange(checked: boolean): void;
}) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ target }) => onChange(target.checked)}
      />
      <label htmlFor={id} className={bare ? 'for-readers-only' : undefined}>
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
