import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SendStep } from '../../../schemas/flow';
import type { Template } from '../../../schemas/template';
import { CHANNELS, type Channel } from '../../../schemas/vocabulary';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Select } from '../../parts/field';
import { MessageFacts } from '../../parts/message-facts';
import { PhonePreview } from '../../parts/phone-preview';
import { ProblemNote } from '../../parts/problem-note';
import { TemplateForm } from '../../parts/template-form';
import { usePreview } from '../../parts/use-preview';
import { TO_CHOOSE } from './edit-definition';
import { examplesOf } from './edit-variables';
import { templatesQuery } from './flow-data';
import { StepProviders } from './step-providers';
import styles from './steps.module.css';
import { TemplateVariables } from './template-variables';
import { useValueAt, useWizard } from './wizard-state';

/** What a step sends, by whom, and what the person sees of it. */
export function StepMessage({ step, pointer }: { step: SendStep; pointer: string }) {
  const { t } = useTranslation(['flows', 'vocabulary']);
  const { edit } = useWizard();
  const at = useValueAt();
  const { data: templates = [], error, refetch } = useQuery(templatesQuery);
  const template = templates.find(({ id }) => id === step.template);
  const toChannel = (channel: Channel) => {
    edit({ kind: 'put', pointer: `${pointer}/channel`, value: channel });
    if (template && template.channel !== channel)
      edit({ kind: 'put', pointer: `${pointer}/template`, value: TO_CHOOSE });
  };
  return (
    <div className={styles.message}>
      <div className={styles.fields}>
        <Select<Channel>
          {...at(`${pointer}/channel`)}
          label={t('step.channel')}
          value={step.channel}
          choices={CHANNELS.map((value) => ({ value, words: t(`vocabulary:channel.${value}`) }))}
          onChange={toChannel}
        />
        <TemplateChoice step={step} pointer={pointer} templates={templates} />
        {template && <TemplateVariables content={template.content} />}
        <StepProviders step={step} pointer={pointer} />
        {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      </div>
      <Sample step={step} template={template} />
    </div>
  );
}

function TemplateChoice({
  step,
  pointer,
  templates,
}: {
  step: SendStep;
  pointer: string;
  templates: readonly Template[];
}) {
  const { t } = useTranslation(['flows', 'templates']);
  const { definition, readOnly } = useWizard();
  const at = useValueAt()(`${pointer}/template`);
  const [open, setOpen] = useState<'new' | 'edit' | null>(null);
  const chosen = templates.find(({ id }) => id === step.template);
  const offered = templates.filter(({ channel, id }) => channel === step.channel || id === step.template);
  const toChoose = step.template === TO_CHOOSE;
  const words = ({ name, id, status }: Template) =>
    status === 'approved' ? `${name} (${id})` : `${name} (${id}) · ${t(`templates:status.${status}`)}`;
  return (
    <>
      <Select
        {...at}
        label={t('step.template')}
        required
        value={step.template}
        // The linter would speak of a template that nobody has named.
        findings={toChoose ? [{ tone: 'bad', words: `${t('told.error')} ${t('template.choose')}` }] : at.findings}
        choices={[
          ...(toChoose ? [{ value: TO_CHOOSE, words: t('template.none') }] : []),
          ...(chosen || toChoose ? [] : [{ value: step.template, words: step.template }]),
          ...offered.map((one) => ({ value: one.id, words: words(one) })),
        ]}
      />
      <div className={styles.row}>
        {!readOnly && <Button onClick={() => setOpen('new')}>{t('template.write')}</Button>}
        {chosen && (
          <Button onClick={() => setOpen('edit')}>{readOnly ? t('template.show') : t('template.edit')}</Button>
        )}
      </div>
      {open && (
        <Dialog wide title={open === 'new' ? t('template.write') : (chosen?.name ?? '')} onClose={() => setOpen(null)}>
          <TemplateForm
            template={open === 'edit' ? chosen : undefined}
            channel={step.channel}
            examples={examplesOf(definition)}
            readOnly={readOnly}
            onCancel={() => setOpen(null)}
            onSaved={({ id }) => {
              at.onChange(id);
              setOpen(null);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function Sample({ step, template }: { step: SendStep; template: Template | undefined }) {
  const { t } = useTranslation('flows');
  const { definition } = useWizard();
  const provider = Array.isArray(step.provider) ? step.provider[0] : step.provider;
  const drawn = template && { channel: template.channel, content: template.content, locales: template.locales };
  const { data, error } = usePreview(drawn ?? null, { variables: examplesOf(definition), provider });
  return (
    <section className={styles.sample} aria-label={t('step.preview', { name: step.name })}>
      <PhonePreview channel={step.channel} content={template ? (data?.content ?? template.content) : {}} />
      {template && data && <MessageFacts previewed={data} />}
      {template && error && <ProblemNote error={error} />}
    </section>
  );
}
