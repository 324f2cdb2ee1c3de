import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentVariables } from '../../core/template-variables';
import type { Template, TemplateContent } from '../../schemas/template';
import { CHANNELS, type Channel } from '../../schemas/vocabulary';
import { answer, api } from '../client/api';
import { ApiProblem, type Fault } from '../client/problem';
import { Button } from './button';
import { Select, TextField } from './field';
import { useKept } from './kept';
import { ProblemNote } from './problem-note';
import { TemplateFields } from './template-fields';
import styles from './template-form.module.css';
import { TemplateLocales } from './template-locales';
import { TemplateSample } from './template-sample';
import { TemplateStatus } from './template-status';

export interface TemplateFormProps {
  /** Left out: a new one is made. */
  template?: Template | undefined;
  /** A new one is of this channel, and of no other. */
  channel?: Channel | undefined;
  /** Values to show it with, by the variable's name. */
  examples?: Readonly<Record<string, unknown>> | undefined;
  readOnly?: boolean | undefined;
  onSaved(template: Template): void;
  onCancel?: (() => void) | undefined;
}

interface Draft {
  name: string;
  channel: Channel;
  content: TemplateContent;
  locales: Record<string, TemplateContent>;
}

function draftOf({ template, channel }: TemplateFormProps): Draft {
  if (!template) return { name: '', channel: channel ?? 'sms', content: {}, locales: {} };
  const { name, content, locales } = template;
  return { name, channel: template.channel, content, locales: (locales ?? {}) as Record<string, TemplateContent> };
}

/**
 * The editor of one template: its content by channel and language, what variables it uses, what a person would see and
 * what that costs. What is typed outlives a reload until it is saved.
 */
export function TemplateForm(props: TemplateFormProps) {
  const { t } = useTranslation(['templates', 'vocabulary']);
  const { template, channel, examples = {}, readOnly, onSaved } = props;
  const key = `onward.template.${template?.id ?? `new.${channel ?? ''}`}`;
  const [draft, setDraft, forget] = useKept<Draft>(key, draftOf(props));
  const [locale, setLocale] = useState<string | null>(null);
  const saving = useSaving(draft, template, (saved) => {
    forget();
    onSaved(saved);
  });
  const shown = (locale === null ? draft.content : draft.locales[locale]) ?? {};
  const put = (content: TemplateContent) =>
    setDraft((before) =>
      locale === null ? { ...before, content } : { ...before, locales: { ...before.locales, [locale]: content } },
    );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        // The form may stand in a dialog of another form.
        event.stopPropagation();
        void saving.save();
      }}
    >
      {template && <TemplateStatus template={template} />}
      <div className={styles.columns}>
        <div className={styles.fields}>
          <TextField
            label={t('name')}
            required
            maxLength={120}
            disabled={readOnly}
            value={draft.name}
            findings={faultsAt(saving.faults, '/name')}
            onChange={(name) => setDraft((before) => ({ ...before, name }))}
          />
          {!template && channel === undefined && (
            <Select<Channel>
              label={t('channel')}
              value={draft.channel}
              disabled={readOnly}
              choices={CHANNELS.map((value) => ({ value, words: t(`vocabulary:channel.${value}`) }))}
              onChange={(next) => setDraft((before) => ({ ...before, channel: next, content: {}, locales: {} }))}
            />
          )}
          <TemplateLocales
            locales={draft.locales}
            chosen={locale}
            readOnly={readOnly}
            onChoose={setLocale}
            onChange={(locales) => setDraft((before) => ({ ...before, locales }))}
          />
          <TemplateFields
            key={`${draft.channel} ${locale}`}
            channel={draft.channel}
            content={shown}
            pointer={locale === null ? '/content' : `/locales/${locale}`}
            faults={saving.faults}
            disabled={readOnly}
            onChange={put}
          />
          <Variables content={shown} />
        </div>
        <TemplateSample channel={draft.channel} content={shown} examples={examples} />
      </div>
      {saving.error !== null && <ProblemNote error={saving.error} />}
      <Actions props={props} busy={saving.busy} />
    </form>
  );
}

function Actions({ props: { template, readOnly, onCancel }, busy }: { props: TemplateFormProps; busy: boolean }) {
  const { t } = useTranslation('templates');
  return (
    <div className={styles.actions}>
      {onCancel && <Button onClick={onCancel}>{t('cancel')}</Button>}
      {!readOnly && (
        <Button type="submit" primary busy={busy}>
          {template ? t('save') : t('create')}
        </Button>
      )}
    </div>
  );
}

const faultsAt = (faults: readonly Fault[], pointer: string) =>
  faults.filter((fault) => fault.pointer === pointer).map(({ message }) => ({ tone: 'bad' as const, words: message }));

function useSaving(draft: Draft, template: Template | undefined, onSaved: (saved: Template) => void) {
  const client = useQueryClient();
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const save = async () => {
    setState({ busy: true, error: null });
    try {
      const asked = template
        ? api.PUT('/v1/templates/{id}', { params: { path: { id: template.id } }, body: draft })
        : api.POST('/v1/templates', { body: draft });
      const saved = await answer<Template>(asked);
      await client.invalidateQueries({ queryKey: ['templates'] });
      setState({ busy: false, error: null });
      onSaved(saved);
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const faults = state.error instanceof ApiProblem ? state.error.faults : [];
  return { ...state, faults, save };
}

function Variables({ content }: { content: TemplateContent }) {
  const { t } = useTranslation('templates');
  const read = contentVariables(content);
  if (!read.ok) return <p className={styles.variables}>{t('variables.unreadable', { detail: read.message })}</p>;
  const names = [...new Set(read.variables.map(({ name }) => name))];
  return (
    <p className={styles.variables}>
      {names.length === 0 ? t('variables.none') : t('variables.used', { names: names.join(', ') })}
    </p>
  );
}
