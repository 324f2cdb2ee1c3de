import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CALLBACK_TYPES } from '../../../../schemas/callback';
import type { DeliveryListQuery } from '../../../../schemas/callback-delivery';
import { answer, api } from '../../../client/api';
import { useRights } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Select, TextField } from '../../../parts/field';
import { Badge } from '../../../parts/note';
import { Card } from '../../../parts/page';
import { type Column, Table } from '../../../parts/table';
import { instantOf, localOf, useFilters } from '../filters';
import { Listed } from '../listed';
import { usePages } from '../pages-of';
import styles from '../settings.module.css';
import { DeliveryDialog } from './delivery';
import type { Delivery, Profile } from './profile';
import { RedeliverFailed } from './redeliver-failed';

const TONES = { pending: 'wait', delivered: 'good', failed: 'bad' } as const;
const NAMES = ['status', 'type', 'invocationId', 'from', 'to', 'delivery'] as const;

/** What was sent to the profile, and what came of each try. */
export function DeliveryList({ profile }: { profile: Profile }) {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const [{ delivery, ...filters }, setFilter] = useFilters(NAMES);
  const [redelivering, setRedelivering] = useState(false);
  const path = { id: profile.id };
  // What somebody wrote into the address may be none of them: the API says so.
  const deliveries = usePages(['deliveries', profile.id], filters as DeliveryListQuery, (query, signal) =>
    answer(api.GET('/v1/callback-profiles/{id}/deliveries', { params: { path, query }, signal })),
  );
  const columns = useColumns((id) => setFilter('delivery', id));
  return (
    <Card
      title={t('profile.part.deliveries')}
      actions={
        edits('flows') &&
        profile.enabled && <Button onClick={() => setRedelivering(true)}>{t('delivery.redeliverFailed')}</Button>
      }
    >
      <Filters filters={filters} onFilter={setFilter} />
      <Listed of={deliveries}>
        {(items) => (
          <Table
            caption={t('profile.part.deliveries')}
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
            empty={<p>{t('deliveries.none')}</p>}
          />
        )}
      </Listed>
      {delivery && <DeliveryDialog id={delivery} profile={profile} onClose={() => setFilter('delivery', '')} />}
      {redelivering && <RedeliverFailed profile={profile} onClose={() => setRedelivering(false)} />}
    </Card>
  );
}

type Name = Exclude<(typeof NAMES)[number], 'delivery'>;

function Filters({ filters, onFilter }: { filters: Record<Name, string>; onFilter(name: Name, value: string): void }) {
  const { t } = useTranslation('settings');
  return (
    <div className={styles.filters}>
      <Select
        label={t('status')}
        value={filters.status}
        choices={(['', 'pending', 'delivered', 'failed'] as const).map((value) => {
          return { value, words: value ? t(`delivery.status.${value}`) : t('any') };
        })}
        onChange={(value) => onFilter('status', value)}
      />
      <Select
        label={t('delivery.type')}
        value={filters.type}
        choices={['' as const, ...CALLBACK_TYPES].map((value) => {
          return { value, words: value ? t(`callback.${value}`) : t('any') };
        })}
        onChange={(value) => onFilter('type', value)}
      />
      <TextField
        label={t('delivery.invocation')}
        dir="ltr"
        value={filters.invocationId}
        onChange={(value) => onFilter('invocationId', value)}
      />
      {(['from', 'to'] as const).map((name) => (
        <TextField
          key={name}
          label={t(name)}
          type="datetime-local"
          value={localOf(filters[name])}
          onChange={(value) => onFilter(name, instantOf(value) ?? '')}
        />
      ))}
    </div>
  );
}

function useColumns(onOpen: (id: string) => void): Column<Delivery>[] {
  const { t } = useTranslation('settings');
  return [
    { name: t('delivery.made'), cell: ({ createdAt }) => <Time at={createdAt} seconds /> },
    { name: t('delivery.type'), cell: ({ type }) => t(`callback.${type}`) },
    { name: t('status'), cell: ({ status }) => <Badge tone={TONES[status]}>{t(`delivery.status.${status}`)}</Badge> },
    { name: t('delivery.tries'), numeric: true, cell: ({ tries }) => tries },
    {
      name: t('delivery.newest'),
      cell: ({ responseCode, error, tries }) =>
        tries === 0 ? '–' : [responseCode ?? t('delivery.noAnswer'), error].filter(Boolean).join(' · '),
    },
    { name: t('delivery.due'), cell: ({ dueAt }) => (dueAt ? <Time at={dueAt} seconds /> : '–') },
    {
      name: t('delivery.attempts'),
      cell: ({ id }) => (
        <Button quiet onClick={() => onOpen(id)} aria-label={t('delivery.openIt', { id })}>
          {t('delivery.open')}
        </Button>
      ),
    },
  ];
}
