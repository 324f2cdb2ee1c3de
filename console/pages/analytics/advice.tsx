import { useTranslation } from 'react-i18next';
import { duration, money, share, Time, whole } from '../../parts/amounts';
import { LinkButton } from '../../parts/button';
import { Note } from '../../parts/note';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import { Tile, Tiles } from '../../parts/tile';
import { ENGLISH, type Said, useCoreWords } from '../../parts/use-core-words';
import styles from './advice.module.css';
import type { Advice } from './answers';
import { ChooseFlow } from './choose-flow';
import type { Filters } from './filters';
import { useAdvice } from './queries';
import { Report } from './report';
import { useStepName } from './step-name';
import { SuggestionNote } from './suggestion-note';

/** What another timeout, another order or a step less would have done, and what the data cannot tell. */
export function AdviceView({ filters }: { filters: Filters }) {
  const asked = useAdvice(filters);
  if (filters.flow === null) return <ChooseFlow filters={filters} />;
  return <Report asked={asked}>{(advice) => <AdviceFigures advice={advice} />}</Report>;
}

function AdviceFigures({ advice }: { advice: Advice }) {
  const { t } = useTranslation('insight');
  const say = useCoreWords('advice');
  const { suggestions, notes, noteSentences, sentence, baseline, flowId } = advice;
  const verdict = say(advice);
  return (
    <>
      <Baseline advice={advice} />
      <Card
        title={t('advice')}
        actions={
          <LinkButton href={`/flows/${encodeURIComponent(flowId)}?part=conditions`}>{t('advice.open')}</LinkButton>
        }
      >
        <p {...(verdict === null && ENGLISH)}>{verdict ?? sentence}</p>
        <div className={styles.suggestions}>
          {suggestions.map((one) => (
            <SuggestionNote key={one.sentence} suggestion={one} currency={baseline.currency} />
          ))}
        </div>
      </Card>
      {notes.length > 0 && (
        <Card title={t('advice.notes')}>
          <ul className={styles.notes}>
            {notes.map((note, n) => (
              <Remark key={note} note={note} said={noteSentences?.[n]} />
            ))}
          </ul>
        </Card>
      )}
      <Card title={t('advice.latency')}>
        <StepLatencies advice={advice} />
      </Card>
    </>
  );
}

function Remark({ note, said }: { note: string; said: Said | undefined }) {
  const words = useCoreWords('advice')(said ?? {});
  return <li {...(words === null && ENGLISH)}>{words ?? note}</li>;
}

function Baseline({ advice }: { advice: Advice }) {
  const { t } = useTranslation('insight');
  const { baseline, runs, leftOut, from, to, version, withinSeconds } = advice;
  const within = duration(withinSeconds * 1_000);
  return (
    <>
      <Tiles label={t('advice.baseline')}>
        <Tile
          name={t('advice.runs')}
          value={whole(runs)}
          about={t('advice.sample', { version, left: whole(leftOut) })}
        />
        <Tile name={t('advice.reach')} value={share(baseline.reach)} />
        <Tile
          name={t('advice.reachWithin')}
          value={share(baseline.reachWithin)}
          about={t('advice.within', { within })}
        />
        <Tile name={t('advice.duplicates')} value={share(baseline.duplicates)} />
        <Tile name={t('advice.costMicros')} value={money(baseline.costMicros, baseline.currency)} />
        {baseline.timeToReachMs && <Tile name={t('advice.p95Ms')} value={duration(baseline.timeToReachMs.p95)} />}
      </Tiles>
      {from && to && (
        <p className={styles.quiet}>
          {t('advice.span')} <Time at={from} /> – <Time at={to} />
        </p>
      )}
      {runs === 0 && <Note tone="wait" title={t('advice.noRuns')} />}
    </>
  );
}

function StepLatencies({ advice: { latency } }: { advice: Advice }) {
  const { t } = useTranslation('insight');
  const stepName = useStepName();
  type Row = Advice['latency'][number];
  const time = (key: 'p50' | 'p75' | 'p90' | 'p95' | 'p99') => ({
    name: t(key),
    numeric: true,
    cell: ({ latencyMs }: Row) => (latencyMs ? duration(latencyMs[key]) : '–'),
  });
  return (
    <Table
      caption={t('advice.latency')}
      rows={latency}
      rowKey={({ step }) => step}
      columns={[
        { name: t('step'), cell: (row) => stepName(row) },
        { name: t('timeout'), numeric: true, cell: ({ timeoutSeconds }) => duration(timeoutSeconds * 1_000) },
        { name: t('advice.sent'), numeric: true, cell: ({ sent }) => whole(sent) },
        { name: t('advice.met'), numeric: true, cell: ({ met }) => whole(met) },
        { name: t('advice.metLate'), numeric: true, cell: ({ metLate }) => whole(metLate) },
        ...(['p50', 'p75', 'p90', 'p95', 'p99'] as const).map(time),
      ]}
    />
  );
}
