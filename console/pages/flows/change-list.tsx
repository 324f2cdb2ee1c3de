import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Change } from '../../../core/flow-diff';
import type { FlowDefinition } from '../../../schemas/flow';
import { Button } from '../../parts/button';
import { Badge } from '../../parts/note';
import { type Column, Table } from '../../parts/table';
import styles from './change-list.module.css';
import { type ChangeGroup, changeGroups, type FieldChange } from './change-rows';
import { fieldName, valueWords, type Words } from './field-words';

interface Side {
  definition: FlowDefinition;
  /** What it is called: “Version 2”, “Draft”. */
  words: string;
}

/** What differs between two definitions, side by side, by what it belongs to; the whole JSON of both at a press. */
export function ChangeList({ changes, before, after }: { changes: readonly Change[]; before: Side; after: Side }) {
  const { t } = useTranslation('trial');
  const [json, setJson] = useState(false);
  const groups = changeGroups(changes, before.definition, after.definition);
  return (
    <div className={styles.all}>
      {groups.length === 0 && <p>{t('changes.none', { before: before.words, after: after.words })}</p>}
      {groups.map((group) => (
        <Group key={group.step ?? ''} group={group} before={before} after={after} />
      ))}
      <div>
        <Button quiet aria-expanded={json} onClick={() => setJson(!json)}>
          {t(json ? 'changes.hideJson' : 'changes.showJson')}
        </Button>
      </div>
      {json && (
        <div className={styles.sides}>
          <Json side={before} />
          <Json side={after} />
        </div>
      )}
    </div>
  );
}

function Json({ side: { definition, words } }: { side: Side }) {
  const { t } = useTranslation('trial');
  return (
    <div className={styles.json}>
      <h3>{words}</h3>
      <section aria-label={t('changes.jsonOf', { version: words })}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
        <pre dir="ltr" tabIndex={0}>
          {JSON.stringify(definition, null, 2)}
        </pre>
      </section>
    </div>
  );
}

function Group({ group, before, after }: { group: ChangeGroup; before: Side; after: Side }) {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const title = group.step ?? t('changes.ofFlow');
  const currency = (side: Side) => side.definition.budget?.currency ?? 'EUR';
  const columns: Column<FieldChange>[] = [
    { name: t('changes.field'), cell: ({ path }) => <span title={path.join('.')}>{fieldName(t, path)}</span> },
    {
      name: before.words,
      cell: (field) => <Value t={t} path={field.path} value={field.before} currency={currency(before)} />,
    },
    {
      name: after.words,
      cell: (field) => <Value t={t} path={field.path} value={field.after} currency={currency(after)} />,
    },
  ];
  return (
    <section className={styles.group} data-whole={group.whole ?? undefined}>
      <h3>
        <bdi>{title}</bdi> {group.whole && <Badge tone={TONES[group.whole]}>{t(`changes.${group.whole}`)}</Badge>}
      </h3>
      <Table caption={title} columns={columns} rows={group.fields} rowKey={({ path }) => path.join('.')} />
    </section>
  );
}

const TONES = { added: 'good', removed: 'bad', moved: 'accent' } as const;

function Value({ t, path, value, currency }: { t: Words; path: readonly string[]; value: unknown; currency: string }) {
  if (value === undefined) return <span className={styles.nothing}>{t('changes.nothing')}</span>;
  const words = path[0] === 'variables' ? null : valueWords(t, path.at(-1) ?? '', value, currency);
  if (words !== null) return words;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <span>
      <code dir="auto">{text}</code>
    </span>
  );
}
