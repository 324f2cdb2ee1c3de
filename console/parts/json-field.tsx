import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Finding, TextArea } from './field';

/**
 * A value that is written as JSON. What is no JSON is kept as it was typed, told of, and given on as that text, so that
 * it is refused where it is saved rather than lost.
 */
export function JsonField({
  label,
  hint,
  value,
  findings = [],
  disabled,
  onChange,
}: {
  label: string;
  hint?: string;
  value: unknown;
  findings?: readonly Finding[];
  disabled?: boolean | undefined;
  onChange(value: unknown): void;
}) {
  const { t } = useTranslation('templates');
  const [text, setText] = useState(() => textOf(value));
  const read = readJson(text);
  const told: Finding[] = read.ok ? [] : [{ tone: 'bad', words: t('json.invalid') }];
  return (
    <TextArea
      code
      label={label}
      hint={hint}
      rows={6}
      disabled={disabled}
      value={text}
      findings={[...told, ...findings]}
      onChange={(next) => {
        setText(next);
        const parsed = readJson(next);
        onChange(parsed.ok ? parsed.value : next);
      }}
    />
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** An empty text is no value at all. */
function readJson(text: string): { ok: true; value: unknown } | { ok: false } {
  if (text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
