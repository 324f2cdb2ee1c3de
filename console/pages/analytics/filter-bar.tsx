import { useTranslation } from 'react-i18next';
import { GROUPINGS, type Grouping } from '../../../schemas/analytics';
import { CHANNELS, type Channel, type Mode } from '../../../schemas/vocabulary';
import { Select } from '../../parts/field';
import { ProblemNote } from '../../parts/problem-note';
import { TimeRangeFields } from '../../parts/time-range';
import styles from './filter-bar.module.css';
import type { Filters } from './filters';
import { useFlowChoices } from './flow-choice';

type Change = (some: Partial<Filters>) => void;

/** What is looked at; it stands in the address, so that it can be sent to others. */
export function FilterBar({ filters, change }: { filters: Filters; change: Change }) {
  const { t } = useTranslation(['insight', 'vocabulary']);
  const { flows, error, retry } = useFlowChoices();
  return (
    <>
      <search className={styles.bar} aria-label={t('filters')}>
        <FlowFields filters={filters} change={change} />
        <TimeRangeFields range={filters.range} onChange={(range) => change({ range })} />
        {filters.view === 'late' ? (
          <Select<Channel | ''>
            label={t('channel')}
            value={filters.channel ?? ''}
            choices={[
              { value: '', words: t('channel.all') },
              ...CHANNELS.map((value) => ({ value, words: t(`vocabulary:channel.${value}`) })),
            ]}
            onChange={(channel) => change({ channel: channel || null })}
          />
        ) : (
          filters.view !== 'advice' && (
            <Select<Grouping | ''>
              label={t('by')}
              value={filters.by ?? ''}
              choices={[
                { value: '', words: t('by.nothing') },
                ...GROUPINGS.map((value) => ({ value, words: t(`by.${value}`) })),
              ]}
              onChange={(by) => change({ by: by || null })}
            />
          )
        )}
        <Select<Mode>
          label={t('mode')}
          value={filters.mode}
          choices={[
            { value: 'live', words: t('mode.live') },
            { value: 'test', words: t('mode.test') },
          ]}
          onChange={(mode) => change({ mode })}
        />
      </search>
      {error && flows.length === 0 && <ProblemNote error={error} onRetry={retry} />}
    </>
  );
}

function FlowFields({ filters, change }: { filters: Filters; change: Change }) {
  const { t } = useTranslation('insight');
  const { flows } = useFlowChoices();
  const chosen = flows.find(({ id, workflowId }) => filters.flow === workflowId || filters.flow === id);
  // One that is in the address and not in the list stays to be seen.
  const unlisted = filters.flow !== null && !chosen ? [{ value: filters.flow, words: filters.flow }] : [];
  const versions = Array.from({ length: chosen?.latestVersion ?? filters.version ?? 0 }, (_, at) => at + 1).reverse();
  return (
    <>
      <Select
        label={t('flow')}
        value={chosen?.workflowId ?? filters.flow ?? ''}
        choices={[
          { value: '', words: t('flow.all') },
          ...flows.map(({ workflowId, name }) => ({ value: workflowId, words: name })),
          ...unlisted,
        ]}
        onChange={(flow) => change({ flow: flow || null, version: null })}
      />
      <Select
        label={t('version')}
        value={filters.version ? String(filters.version) : ''}
        disabled={filters.flow === null}
        choices={[
          { value: '', words: t(filters.view === 'advice' ? 'version.published' : 'version.all') },
          ...versions.map((version) => ({ value: String(version), words: t('version.of', { version }) })),
        ]}
        onChange={(version) => change({ version: version ? Number(version) : null })}
      />
    </>
  );
}
