import { useTranslation } from 'react-i18next';
import { whole } from '../../parts/amounts';
import { LinkButton } from '../../parts/button';
import { Loading } from '../../parts/loading';
import { Note } from '../../parts/note';
import { ProblemNote } from '../../parts/problem-note';
import styles from './advice-beside.module.css';
import { type Filters, pathOf } from './filters';
import { useAdvice } from './queries';
import { SuggestionNote } from './suggestion-note';

/** What the recorded runs say of one step, beside its figures. */
export function AdviceBeside({ filters, step }: { filters: Filters; step: string }) {
  const { t } = useTranslation('insight');
  const { data, error, retry } = useAdvice(filters);
  return (
    <aside className={styles.beside} aria-label={t('advice.of', { step })}>
      <h3>{t('advice')}</h3>
      {filters.flow === null ? (
        <p className={styles.quiet}>{t('advice.chooseFlow')}</p>
      ) : data ? (
        <OfStep data={data} step={step} filters={filters} />
      ) : error ? (
        <ProblemNote error={error} onRetry={retry} />
      ) : (
        <Loading />
      )}
    </aside>
  );
}

type Data = NonNullable<ReturnType<typeof useAdvice>['data']>;

function OfStep({ data, step, filters }: { data: Data; step: string; filters: Filters }) {
  const { t } = useTranslation('insight');
  const own = data.suggestions.filter((one) => one.step === step);
  return (
    <>
      {own.length === 0 && (
        <Note title={t('advice.leave')}>{t('advice.noneOfStep', { count: data.runs, shown: whole(data.runs) })}</Note>
      )}
      {own.map((one) => (
        <SuggestionNote key={one.sentence} suggestion={one} currency={data.baseline.currency} />
      ))}
      <div className={styles.ways}>
        <LinkButton href={`/flows/${encodeURIComponent(data.flowId)}?part=conditions&step=${encodeURIComponent(step)}`}>
          {t('advice.open')}
        </LinkButton>
        <LinkButton quiet href={pathOf({ ...filters, view: 'advice' })}>
          {t('advice.all')}
        </LinkButton>
      </div>
    </>
  );
}
