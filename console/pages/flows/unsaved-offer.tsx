import { useTranslation } from 'react-i18next';
import { Time } from '../../parts/amounts';
import { Button } from '../../parts/button';
import { Note } from '../../parts/note';
import { Page } from '../../parts/page';
import { Differences } from './differences';
import type { Stored } from './draft-saver';
import type { KeptDraft } from './kept-draft';
import styles from './wizard.module.css';

/** Edits that never reached the server, offered after a reload. */
export function UnsavedOffer({
  kept,
  stored,
  onTake,
  onForget,
}: {
  kept: KeptDraft;
  stored: Stored;
  onTake(): void;
  onForget(): void;
}) {
  const { t } = useTranslation('flows');
  return (
    <Page title={kept.definition.name || t('wizard')}>
      <Note tone="wait" title={t('unsaved')}>
        <p>
          {t('unsaved.at')} <Time at={kept.at} seconds />
        </p>
        <Differences from={stored.definition} to={kept.definition} />
        <div className={styles.row}>
          <Button primary onClick={onTake}>
            {t('unsaved.take')}
          </Button>
          <Button danger onClick={onForget}>
            {t('unsaved.forget')}
          </Button>
        </div>
      </Note>
    </Page>
  );
}
