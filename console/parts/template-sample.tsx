import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentVariables } from '../../core/template-variables';
import type { TemplateContent } from '../../schemas/template';
import type { Channel } from '../../schemas/vocabulary';
import { TextField } from './field';
import { MessageFacts } from './message-facts';
import { PhonePreview } from './phone-preview';
import { ProblemNote } from './problem-note';
import styles from './template-form.module.css';
import { usePreview } from './use-preview';

/** The content as a person would see it, with values that one may change, and what it costs. */
export function TemplateSample({
  channel,
  content,
  examples,
}: {
  channel: Channel;
  content: TemplateContent;
  examples: Readonly<Record<string, unknown>>;
}) {
  const { t } = useTranslation('templates');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const read = contentVariables(content);
  const names = read.ok
    ? [...new Set(read.variables.filter(({ section }) => section === null).map(({ name }) => name))]
    : [];
  const variables = { ...examples, ...typed };
  const filled = Object.values(content).some((value) => value !== '' && value !== undefined);
  const { data, error } = usePreview(filled ? { channel, content } : null, { variables });
  return (
    <section className={styles.sample} aria-label={t('preview')}>
      <PhonePreview channel={channel} content={(filled && data?.content) || content} />
      {filled && data && <MessageFacts previewed={data} />}
      {filled && error && <ProblemNote error={error} />}
      {names.length > 0 && (
        <div className={styles.values}>
          {names.map((name) => (
            <TextField
              key={name}
              label={t('example', { name })}
              value={shownOf(variables[name])}
              onChange={(value) => setTyped((before) => ({ ...before, [name]: value }))}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function shownOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
