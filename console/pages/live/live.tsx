import { useTranslation } from 'react-i18next';
import { useLocation, useSearch } from 'wouter';
import type { Mode } from '../../../schemas/vocabulary';
import { useRights } from '../../client/session';
import { Time, whole } from '../../parts/amounts';
import { Select } from '../../parts/field';
import { Loading } from '../../parts/loading';
import { Note } from '../../parts/note';
import { Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { Tile, Tiles } from '../../parts/tile';
import { Callbacks } from './callbacks';
import { DeadLetters } from './dead-letters';
import { LagNote } from './lag-note';
import styles from './live.module.css';
import type { Now } from './now';
import { Providers } from './providers';
import { Running } from './running';
import { Sparkline } from './sparkline';
import { useNow } from './use-now';

/** What is running now, how fast, how far behind, and what is in trouble. */
export default function Live() {
  const { t } = useTranslation('insight');
  const { sees } = useRights();
  const mode: Mode = new URLSearchParams(useSearch()).get('mode') === 'test' ? 'test' : 'live';
  if (!sees('analytics')) {
    return (
      <Page title={t('live')}>
        <Note tone="wait" title={t('noRight')} />
      </Page>
    );
  }
  return (
    <Page title={t('live')} about={t('live.about')} actions={<ModeChoice mode={mode} />}>
      <Shown mode={mode} />
    </Page>
  );
}

function ModeChoice({ mode }: { mode: Mode }) {
  const { t } = useTranslation('insight');
  const [, navigate] = useLocation();
  return (
    <Select<Mode>
      label={t('mode')}
      value={mode}
      choices={[
        { value: 'live', words: t('mode.live') },
        { value: 'test', words: t('mode.test') },
      ]}
      onChange={(chosen) => navigate(chosen === 'test' ? '/live?mode=test' : '/live')}
    />
  );
}

function Shown({ mode }: { mode: Mode }) {
  const { t } = useTranslation('insight');
  const { now, before, error, retry, hidden } = useNow(mode);
  if (!now) return error ? <ProblemNote error={error} onRetry={retry} /> : <Loading lines={6} />;
  return (
    <>
      {error && <ProblemNote error={error} onRetry={retry} />}
      <p className={styles.at} data-old={error !== null || hidden}>
        {t(error ? 'live.lastKnown' : hidden ? 'live.paused' : 'live.asOf')} <Time at={now.at} seconds />
      </p>
      <Rates before={before} now={now} />
      <LagNote lag={now.lag} />
      <Running running={now.running} mode={mode} />
      <Providers providers={now.providers} />
      <div className={styles.beside}>
        <DeadLetters count={now.deadLetters} />
        <Callbacks callbacks={now.callbacks} />
      </div>
    </>
  );
}

const RATES = ['invocationsPerSecond', 'endedPerSecond', 'receiptsPerSecond', 'callbacksPerSecond'] as const;

function Rates({ now, before }: { now: Now; before: readonly Now[] }) {
  const { t } = useTranslation('insight');
  return (
    <Tiles label={t('live.rates')}>
      <Tile tone="accent" name={t('live.running')} value={whole(now.running.total)}>
        <Sparkline values={before.map(({ running }) => running.total)} />
      </Tile>
      {RATES.map((name) => (
        <Tile
          key={name}
          name={t(`live.${name}`)}
          value={now.rates[name] === null ? '–' : perSecond(now.rates[name])}
          about={now.rates[name] === null ? t('live.notKnown') : t('live.perSecond')}
        >
          <Sparkline values={before.map(({ rates }) => rates[name])} />
        </Tile>
      ))}
    </Tiles>
  );
}

/** Below ten a tenth tells something. */
function perSecond(rate: number): string {
  return whole(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
}
