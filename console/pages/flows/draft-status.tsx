import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition } from '../../../schemas/flow';
import { Button } from '../../parts/button';
import { Badge, Note, type Tone } from '../../parts/note';
import { ProblemNote } from '../../parts/problem-note';
import { Differences } from './differences';
import type { SaveState, Stored } from './draft-saver';
import type { Draft } from './use-draft';
import styles from './wizard.module.css';

const TONES: Record<SaveState['kind'], Tone> = {
  saved: 'good',
  waiting: 'plain',
  saving: 'plain',
  away: 'wait',
  refused: 'bad',
  failed: 'bad',
  conflict: 'bad',
};

/** Whether what one sees is safe on the server; read out when it changes. */
export function DraftStatus({ draft }: { draft: Draft }) {
  const { t } = useTranslation('flows');
  const { state } = draft;
  return (
    <>
      <div role="status" className={styles.status}>
        <Badge tone={TONES[state.kind]}>{t(`draft.${state.kind}`)}</Badge>
        <span className={styles.soft}>{t(`draft.${state.kind}.hint`)}</span>
      </div>
      {state.kind === 'failed' && <ProblemNote error={state.problem} onRetry={draft.retry} />}
      {state.kind === 'conflict' && <Conflict draft={draft} theirs={state.theirs} mine={draft.definition} />}
    </>
  );
}

function Conflict({ draft, theirs, mine }: { draft: Draft; theirs: Stored; mine: FlowDefinition }) {
  const { t } = useTranslation('flows');
  const [beside, setBeside] = useState(true);
  return (
    <Note tone="bad" title={t('conflict')}>
      <p>{t('conflict.hint')}</p>
      <Button aria-expanded={beside} onClick={() => setBeside(!beside)}>
        {t('conflict.show')}
      </Button>
      {beside && (
        <div className={styles.beside}>
          <section aria-label={t('conflict.differences')}>
            <h2>{t('conflict.differences')}</h2>
            <Differences from={theirs.definition} to={mine} />
          </section>
          <Version title={t('conflict.theirs')} definition={theirs.definition} />
          <Version title={t('conflict.mine')} definition={mine} />
        </div>
      )}
      <div className={styles.row}>
        <Button onClick={draft.takeTheirs}>{t('conflict.takeTheirs')}</Button>
        <Button danger onClick={draft.keepMine}>
          {t('conflict.keepMine')}
        </Button>
      </div>
    </Note>
  );
}

function Version({ title, definition }: { title: string; definition: FlowDefinition }) {
  return (
    <details>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section tabIndex={0} aria-label={title} className={styles.version}>
        <pre dir="ltr">{JSON.stringify(definition, null, 2)}</pre>
      </section>
    </details>
  );
}
