import { useTranslation } from 'react-i18next';
import type { WireEvent } from '../../../schemas/event';
import type { Story } from '../../../schemas/story';
import { clockTime, whole } from '../../parts/amounts';
import { Table } from '../../parts/table';
import styles from './run.module.css';

/** Every fact in its order, with its reason. */
export function EventList({ story }: { story: Story }) {
  const { t } = useTranslation(['runs', 'vocabulary']);
  return (
    <details className={styles.details}>
      <summary>{t('events.show', { count: story.events.length, number: whole(story.events.length) })}</summary>
      <Table<WireEvent>
        caption={t('events.title')}
        rows={story.events}
        rowKey={({ seq }) => String(seq)}
        columns={[
          { name: t('events.seq'), numeric: true, cell: ({ seq }) => whole(seq) },
          { name: t('events.at'), cell: ({ at }) => <time dateTime={at}>{clockTime(at)}</time> },
          { name: t('events.what'), cell: ({ type }) => t(`event.${type}`) },
          { name: t('events.step'), cell: stepOf },
          { name: t('events.why'), cell: (event) => <Why event={event} /> },
        ]}
      />
    </details>
  );
}

function stepOf({ step, attempt }: WireEvent): string {
  if (step === undefined) return '';
  return attempt === undefined || attempt === 1 ? step : `${step} #${attempt}`;
}

function Why({ event }: { event: WireEvent }) {
  const { t, i18n } = useTranslation(['runs', 'vocabulary']);
  const facts = [
    event.receiptStatus && t(`vocabulary:status.${event.receiptStatus}`),
    event.reason && t(`vocabulary:reason.${event.reason}`),
    event.code,
    event.action && t(`vocabulary:action.${event.action}`),
    event.nextStep && t('events.next', { step: event.nextStep }),
    event.until && t('events.until', { at: clockTime(event.until) }),
    event.deadlineAt && t('steps.deadline', { at: clockTime(event.deadlineAt) }),
  ].filter(Boolean);
  return (
    <>
      {facts.join(' · ')}
      {event.because && i18n.language === 'en' && <div className={styles.soft}>{event.because}</div>}
    </>
  );
}
