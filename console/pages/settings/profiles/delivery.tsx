import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answer, api } from '../../../client/api';
import { useRights } from '../../../client/session';
import { duration, Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Code } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { Loading } from '../../../parts/loading';
import { ProblemNote } from '../../../parts/problem-note';
import { type Column, Table } from '../../../parts/table';
import { toast } from '../../../parts/toasts';
import styles from '../settings.module.css';
import type { Profile, WholeDelivery } from './profile';

/** One callback: its body to the byte, and every attempt; from here it is made again. */
export function DeliveryDialog({ id, profile, onClose }: { id: string; profile: Profile; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const { edits } = useRights();
  const params = { path: { id: profile.id, deliveryId: id } };
  const { data, error, refetch } = useQuery({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => answer(api.GET('/v1/callback-profiles/{id}/deliveries/{deliveryId}', { params, signal })),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? 2_000 : false),
  });
  const again = useMutation({
    mutationFn: () => api.POST('/v1/callback-profiles/{id}/deliveries/{deliveryId}/redeliver', { params }),
    onSuccess: () => {
      toast(t('delivery.redelivered'));
      void refetch();
      void client.invalidateQueries({ queryKey: ['deliveries', profile.id] });
    },
  });
  return (
    <Dialog
      wide
      title={t('delivery.title', { id })}
      onClose={onClose}
      actions={
        edits('flows') && (
          <Button primary busy={again.isPending} disabled={!profile.enabled} onClick={() => again.mutate()}>
            {t('delivery.redeliver')}
          </Button>
        )
      }
    >
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {again.error && <ProblemNote error={again.error} />}
      {!data && !error && <Loading />}
      {data && <Whole delivery={data} />}
    </Dialog>
  );
}

function Whole({ delivery }: { delivery: WholeDelivery }) {
  const { t } = useTranslation('settings');
  const columns: Column<WholeDelivery['attempts'][number]>[] = [
    { name: t('delivery.at'), cell: ({ at }) => <Time at={at} seconds /> },
    { name: t('delivery.code'), cell: ({ responseCode }) => responseCode ?? t('delivery.noAnswer') },
    { name: t('delivery.duration'), cell: ({ durationMs }) => duration(durationMs) },
    { name: t('delivery.error'), cell: ({ error }) => error ?? '–' },
    { name: t('delivery.answer'), cell: ({ response }) => response || t('delivery.empty') },
  ];
  return (
    <>
      <dl className={styles.facts}>
        <dt>{t('delivery.type')}</dt>
        <dd>{t(`callback.${delivery.type}`)}</dd>
        <dt>{t('status')}</dt>
        <dd>{t(`delivery.status.${delivery.status}`)}</dd>
        {delivery.invocationId && (
          <>
            <dt>{t('delivery.invocation')}</dt>
            <dd>
              <Link href={`/runs/${delivery.invocationId}`}>{delivery.invocationId}</Link>
            </dd>
          </>
        )}
      </dl>
      <h3>{t('delivery.attempts')}</h3>
      <Table
        caption={t('delivery.attempts')}
        columns={columns}
        rows={delivery.attempts}
        rowKey={({ number }) => String(number)}
        empty={<p>{t('delivery.attempts.none')}</p>}
      />
      <h3>{t('delivery.body')}</h3>
      <Code text={delivery.body} label={t('delivery.body')} />
    </>
  );
}
