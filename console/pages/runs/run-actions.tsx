import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Story } from '../../../schemas/story';
import { answer, api } from '../../client/api';
import { storyKey } from '../../client/run';
import { useRights } from '../../client/session';
import { Button, LinkButton } from '../../parts/button';
import { CopyButton } from '../../parts/copy';
import { Confirm } from '../../parts/dialog';
import { toast } from '../../parts/toasts';
import { curlOf } from './curl';
import { simulatorLink } from './outcomes';
import styles from './run.module.css';

/** What the person may do with it: stop it, end it as done, play it again elsewhere. */
export function RunActions({ story, definition }: { story: Story; definition: FlowDefinition | undefined }) {
  const { t } = useTranslation('runs');
  const { edits, sees } = useRights();
  const invokes = edits('invoke');
  const [asked, setAsked] = useState<'cancel' | 'complete' | null>(null);
  const { invocation } = story;
  const running = invocation.status === 'running';
  return (
    <>
      {sees('flows') && <LinkButton href={simulatorLink(story)}>{t('do.simulate')}</LinkButton>}
      {invokes && (
        <CopyButton text={curlOf(window.location.origin, invocation, story.recipient ?? null, definition)}>
          {t('do.curl')}
        </CopyButton>
      )}
      {running &&
        invokes &&
        (['complete', 'cancel'] as const).map((verb) => (
          <Button key={verb} danger={verb === 'cancel'} onClick={() => setAsked(verb)}>
            {t(`do.${verb}`)}
          </Button>
        ))}
      {running && !invokes && <span className={styles.soft}>{t('do.notYours')}</span>}
      {asked && <Ask verb={asked} id={invocation.id} onClose={() => setAsked(null)} />}
    </>
  );
}

function Ask({ verb, id, onClose }: { verb: 'cancel' | 'complete'; id: string; onClose(): void }) {
  const { t } = useTranslation('runs');
  const client = useQueryClient();
  const act = async () => {
    const params = { path: { id } };
    await answer(
      verb === 'cancel'
        ? api.POST('/v1/invocations/{id}/cancel', { params })
        : api.POST('/v1/invocations/{id}/complete', { params }),
    );
    await client.invalidateQueries({ queryKey: storyKey(id) });
    toast(t(`do.${verb}.done`));
  };
  return (
    <Confirm title={t(`do.${verb}.title`)} action={t(`do.${verb}.yes`)} onConfirm={act} onClose={onClose}>
      <p>{t(`do.${verb}.about`)}</p>
    </Confirm>
  );
}
