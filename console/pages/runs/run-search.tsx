import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunFilters } from '../../../schemas/run-filters';
import { CHANNELS, INVOCATION_STATUSES, REASONS } from '../../../schemas/vocabulary';
import { useFlows } from '../../client/flow-names';
import { whole } from '../../parts/amounts';
import { Button } from '../../parts/button';
import { type Choice, Select, TextField } from '../../parts/field';
import { localMoment, momentOf, narrowed, seeking, soughtIn } from './filters';
import { recognise, SOUGHT, type Sought } from './recognise';
import styles from './run-list.module.css';

interface Given {
  filters: RunFilters;
  onChange(filters: RunFilters): void;
  /** The text names a run. */
  onRun(id: string): void;
}

/** One box for whatever one has of a run, and every filter that the API knows. */
export function RunSearch({ filters, onChange, onRun }: Given) {
  const { t } = useTranslation('runs');
  const sought = soughtIn(filters);
  const [text, setText] = useState(sought.text);
  const [as, setAs] = useState<Sought | 'auto'>(sought.as);
  useEffect(() => {
    setText(sought.text);
    setAs(sought.as);
  }, [sought.text, sought.as]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const next = seeking(filters, text, as);
    if ('run' in next) onRun(next.run);
    else onChange(next);
  };
  const type = (next: string) => {
    setText(next);
    setAs('auto');
  };
  const taken = as === 'auto' ? recognise(text) : as;
  return (
    <search>
      <form className={styles.search} onSubmit={submit}>
        <div className={styles.box}>
          <TextField
            label={t('search')}
            type="search"
            dir="auto"
            value={text}
            onChange={type}
            placeholder={t('search.example')}
            hint={text.trim() === '' ? t('search.hint') : t('search.takenFor', { kind: t(`sought.${taken}`) })}
          />
          <Select<Sought | 'auto'>
            label={t('search.as')}
            value={as}
            choices={(['auto', ...SOUGHT] as const).map((value) => ({ value, words: t(`sought.${value}`) }))}
            onChange={setAs}
          />
          <Button primary type="submit">
            {t('search.find')}
          </Button>
        </div>
        <Filters filters={filters} onChange={onChange} />
      </form>
    </search>
  );
}

const BEHIND = ['version', 'reachedStep', 'reachedChannel', 'late', 'duplicate', 'reason', 'from', 'to'] as const;

function Filters({ filters, onChange }: Omit<Given, 'onRun'>) {
  const { t } = useTranslation(['runs', 'vocabulary']);
  const flows = useFlows();
  const set = (part: Partial<RunFilters>) => onChange({ ...filters, ...part });
  const used = BEHIND.filter((name) => filters[name] !== undefined).length;
  return (
    <>
      <div className={styles.filters}>
        <Choose
          name="flow"
          value={filters.flow}
          choices={known(flows.choices, filters.flow)}
          onChange={(flow) => set({ flow })}
        />
        <Choose
          name="status"
          value={filters.status}
          choices={INVOCATION_STATUSES.map((value) => ({ value, words: t(`vocabulary:status.${value}`) }))}
          onChange={(status) => set({ status })}
        />
      </div>
      <details className={styles.more} open={used > 0 || undefined}>
        <summary>{used > 0 ? t('search.moreUsed', { count: used, number: whole(used) }) : t('search.more')}</summary>
        <MoreFilters filters={filters} set={set} />
      </details>
      {narrowed(filters) > 0 && (
        <div>
          <Button quiet onClick={() => onChange({ mode: filters.mode })}>
            {t('search.clear')}
          </Button>
        </div>
      )}
    </>
  );
}

function MoreFilters({ filters, set }: { filters: RunFilters; set(part: Partial<RunFilters>): void }) {
  const { t } = useTranslation(['runs', 'vocabulary']);
  const either = [
    { value: 'true' as const, words: t('choice.yes') },
    { value: 'false' as const, words: t('choice.no') },
  ];
  return (
    <div className={styles.filters}>
      <Typed
        label={t('filter.version')}
        inputMode="numeric"
        value={String(filters.version ?? '')}
        onChange={(text) => set({ version: /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined })}
      />
      <Choose
        name="reachedChannel"
        value={filters.reachedChannel}
        choices={CHANNELS.map((value) => ({ value, words: t(`vocabulary:channel.${value}`) }))}
        onChange={(reachedChannel) => set({ reachedChannel })}
      />
      <Typed
        label={t('filter.reachedStep')}
        value={filters.reachedStep ?? ''}
        onChange={(text) => set({ reachedStep: text || undefined })}
      />
      <Choose
        name="reason"
        value={filters.reason}
        choices={REASONS.map((value) => ({ value, words: t(`vocabulary:reason.${value}`) }))}
        onChange={(reason) => set({ reason })}
      />
      <Choose name="late" value={filters.late} choices={either} onChange={(late) => set({ late })} />
      <Choose
        name="duplicate"
        value={filters.duplicate}
        choices={either}
        onChange={(duplicate) => set({ duplicate })}
      />
      {(['from', 'to'] as const).map((name) => (
        <Typed
          key={name}
          label={t(`filter.${name}`)}
          type="datetime-local"
          value={localMoment(filters[name])}
          onChange={(text) => set({ [name]: momentOf(text) })}
        />
      ))}
    </div>
  );
}

/** One that the address names and the list does not know yet is kept. */
function known(choices: Choice<string>[], value: string | undefined): Choice<string>[] {
  if (value === undefined || choices.some((choice) => choice.value === value)) return choices;
  return [...choices, { value, words: value }];
}

function Choose<T extends string>({
  name,
  value,
  choices,
  onChange,
}: {
  name: 'flow' | 'status' | 'reachedChannel' | 'reason' | 'late' | 'duplicate';
  value: T | undefined;
  choices: readonly Choice<T>[];
  onChange(value: T | undefined): void;
}) {
  const { t } = useTranslation('runs');
  return (
    <Select<T | ''>
      label={t(`filter.${name}`)}
      value={value ?? ''}
      choices={[{ value: '', words: t('choice.any') }, ...choices]}
      onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
    />
  );
}

/** Counts when it is left or sent, so that not every letter is a search. */
function Typed({
  label,
  value,
  onChange,
  ...rest
}: {
  label: string;
  value: string;
  type?: string;
  inputMode?: 'numeric';
  onChange(value: string): void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const settle = () => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <TextField
      {...rest}
      label={label}
      value={text}
      onChange={setText}
      onBlur={settle}
      onKeyDown={({ key }) => key === 'Enter' && settle()}
    />
  );
}
