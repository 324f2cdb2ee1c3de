import { useTranslation } from 'react-i18next';
import { duration, whole } from '../../parts/amounts';
import { Badge, type Tone } from '../../parts/note';
import { Card } from '../../parts/page';
import { Tile, Tiles } from '../../parts/tile';
import { type Judgement, judge, type Now } from './now';

const TONES: Record<Judgement, Tone> = { unknown: 'plain', good: 'good', behind: 'wait', bad: 'bad' };

/** How far what lists and analytics show lies behind, and what that means. */
export function LagNote({ lag }: { lag: Now['lag'] }) {
  const { t } = useTranslation('insight');
  const judgement = judge(lag);
  const text = (value: number | null) => (value === null ? '–' : whole(value));
  const about = (value: number | null) => (value === null ? t('live.notKnown') : undefined);
  return (
    <Card title={t('lag')}>
      <p role="status">
        <Badge tone={TONES[judgement]}>{t(`lag.${judgement}`)}</Badge> {t(`lag.${judgement}.about`)}
      </p>
      <Tiles label={t('lag')}>
        <Tile
          name={t('lag.oldest')}
          value={lag.oldestSeconds === null ? '–' : duration(lag.oldestSeconds * 1_000)}
          about={about(lag.oldestSeconds)}
        />
        <Tile name={t('lag.events')} value={text(lag.eventsBehind)} about={about(lag.eventsBehind)} />
        <Tile name={t('lag.receipts')} value={text(lag.receiptsBehind)} about={about(lag.receiptsBehind)} />
      </Tiles>
    </Card>
  );
}
