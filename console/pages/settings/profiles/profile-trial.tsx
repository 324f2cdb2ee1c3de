import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallbackType } from '../../../../schemas/callback';
import { answer, api } from '../../../client/api';
import { duration } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Select } from '../../../parts/field';
import { Form } from '../../../parts/form';
import { Badge } from '../../../parts/note';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { type Column, Table } from '../../../parts/table';
import styles from '../settings.module.css';
import { type Profile, type Tried, typesOf } from './profile';

/** Made-up callbacks, sent now, and what the receiver answered. */
export function ProfileTrial({ profile }: { profile: Profile }) {
  const { t } = useTranslation('settings');
  const [type, setType] = useState<CallbackType | 'all'>('all');
  const columns = useColumns();
  const testing = useMutation({
    mutationFn: () => {
      const body = type === 'all' ? {} : { type };
      return answer(api.POST('/v1/callback-profiles/{id}/test', { params: { path: { id: profile.id } }, body }));
    },
  });
  const types = typesOf(profile.format).filter((one) => profile.types?.includes(one) ?? true);
  return (
    <Card title={t('profile.part.test')}>
      <p>{t('profile.test.hint')}</p>
      <Form onSubmit={() => testing.mutate()} label={t('profile.part.test')}>
        <Select<CallbackType | 'all'>
          label={t('profile.test.type')}
          value={type}
          choices={(['all', ...types] as const).map((value) => ({ value, words: typeWords(t, value) }))}
          onChange={setType}
        />
        <div>
          <Button primary type="submit" busy={testing.isPending}>
            {t(testing.isPending ? 'profile.test.sending' : 'profile.test.send')}
          </Button>
        </div>
      </Form>
      {testing.error && <ProblemNote error={testing.error} />}
      <div aria-live="polite">
        {testing.data && (
          <Table
            caption={t('profile.test.results')}
            columns={columns}
            rows={testing.data.results}
            rowKey={({ deliveryId }) => deliveryId}
          />
        )}
      </div>
    </Card>
  );
}

function typeWords(t: ReturnType<typeof useTranslation<'settings'>>['t'], type: CallbackType | 'all'): string {
  return type === 'all' ? t('profile.test.all') : t(`callback.${type}`);
}

function useColumns(): Column<Tried>[] {
  const { t } = useTranslation('settings');
  return [
    { name: t('delivery.type'), cell: ({ type }) => t(`callback.${type}`) },
    {
      name: t('delivery.result'),
      cell: ({ error }) => (
        <Badge tone={error === null ? 'good' : 'bad'}>
          {t(error === null ? 'delivery.through' : 'delivery.notThrough')}
        </Badge>
      ),
    },
    { name: t('delivery.code'), cell: ({ responseCode }) => responseCode ?? t('delivery.noAnswer') },
    { name: t('delivery.duration'), cell: ({ durationMs }) => duration(durationMs) },
    {
      name: t('delivery.answer'),
      cell: ({ error, response }) => (
        <>
          {error && <p>{error}</p>}
          {response ? <pre className={styles.text}>{response}</pre> : !error && t('delivery.empty')}
        </>
      ),
    },
  ];
}
