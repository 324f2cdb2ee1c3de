import { useTranslation } from 'react-i18next';
import type { Story, StoryReceipt } from '../../../schemas/story';
import { clockTime } from '../../parts/amounts';
import { Code } from '../../parts/copy';
import { Badge, type Tone } from '../../parts/note';
import { Status } from '../../parts/status';
import styles from './run.module.css';

const TONES: Record<StoryReceipt['effect'], Tone> = { recorded: 'good', late: 'late', ignored: 'plain' };

/** As they came, each with the provider's own body one click away. */
export function Receipts({ story }: { story: Story }) {
  const { t } = useTranslation(['runs', 'vocabulary']);
  if (story.receipts.length === 0) return <p className={styles.soft}>{t('receipts.none')}</p>;
  return (
    <ol className={styles.receipts}>
      {story.receipts.map((receipt, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: receipts are only ever added at the end, and may be equal.
        <li key={at}>
          <div className={styles.standing}>
            <time dateTime={receipt.receivedAt}>{clockTime(receipt.receivedAt)}</time>
            <Status status={receipt.status} />
            <Badge tone={TONES[receipt.effect]}>{t(`effect.${receipt.effect}`)}</Badge>
            <span>{[receipt.step, receipt.provider].filter(Boolean).join(' · ')}</span>
            {receipt.reason && <span>{t(`vocabulary:reason.${receipt.reason}`)}</span>}
            {receipt.code && <code>{receipt.code}</code>}
          </div>
          <details className={styles.details}>
            <summary>{t('receipts.raw')}</summary>
            <Code label={t('receipts.raw')} text={JSON.stringify(receipt.raw ?? bare(receipt), null, 2)} />
            {receipt.raw == null && <p className={styles.soft}>{t('receipts.noBody')}</p>}
          </details>
        </li>
      ))}
    </ol>
  );
}

/** The receipt itself, where the provider's own body is not there or not shown. */
function bare({ raw: _raw, ...receipt }: StoryReceipt) {
  return receipt;
}
