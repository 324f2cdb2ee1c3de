import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../client/api';
import { Button } from '../../parts/button';
import { Code, CopyButton } from '../../parts/copy';
import { Loading } from '../../parts/loading';
import { ProblemNote } from '../../parts/problem-note';
import { exampleRecipient, exampleVariables } from './example-invocation';
import styles from './invoke.module.css';
import type { Outcomes } from './outcomes';
import { SNIPPETS, type SnippetKind } from './snippet-texts';
import { versionQuery } from './trial-queries';
import { TryInSandbox } from './try-in-sandbox';

/** How the flow is invoked: its ID, a request to paste, and one run in the sandbox at a press. */
export function Invoke({ flow, outcomes }: { flow: Schemas['Flow']; outcomes: Outcomes }) {
  const { t } = useTranslation('trial');
  const { id, workflowId, publishedVersion } = flow;
  return (
    <>
      <dl className={styles.id}>
        <dt>{t('list.workflowId')}</dt>
        <dd>
          <code dir="ltr">{workflowId}</code>
          <CopyButton text={workflowId}>{t('list.copyId')}</CopyButton>
        </dd>
      </dl>
      {publishedVersion === null ? (
        <p>{t('invoke.unpublished')}</p>
      ) : (
        <>
          <Snippets flowId={id} workflowId={workflowId} version={publishedVersion} />
          <TryInSandbox flowId={id} workflowId={workflowId} version={publishedVersion} outcomes={outcomes} />
        </>
      )}
    </>
  );
}

const NAMES: Record<SnippetKind, string> = { curl: 'curl', typescript: 'TypeScript', python: 'Python' };
const KINDS = Object.keys(NAMES) as SnippetKind[];

/** In the languages that most invoke by, with values that this version takes. */
function Snippets({ flowId, workflowId, version }: { flowId: string; workflowId: string; version: number }) {
  const { t } = useTranslation('trial');
  const { data: definition, error, refetch } = useQuery(versionQuery(flowId, version));
  const [kind, setKind] = useState<SnippetKind>('curl');
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!definition) return <Loading />;
  const variables = exampleVariables(definition);
  const body = {
    recipient: exampleRecipient(definition),
    ...(Object.keys(variables).length > 0 && { variables }),
  };
  const text = SNIPPETS[kind]({ origin: window.location.origin, workflowId, body });
  return (
    <>
      <p>{t('invoke.about')}</p>
      <fieldset className={styles.kinds}>
        <legend className="for-readers-only">{t('invoke.language')}</legend>
        {KINDS.map((one) => (
          <Button key={one} quiet={one !== kind} aria-pressed={one === kind} onClick={() => setKind(one)}>
            {NAMES[one]}
          </Button>
        ))}
      </fieldset>
      <Code text={text} label={t('invoke.code', { language: NAMES[kind] })} />
    </>
  );
}
