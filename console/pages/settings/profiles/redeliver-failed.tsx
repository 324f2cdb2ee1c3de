import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../client/api';
import { Confirm } from '../../../parts/dialog';
import { TextField } from '../../../parts/field';
import { toast } from '../../../parts/toasts';
import { instantOf, localOf } from '../filters';
import type { Profile } from './profile';

const DAY_MS = 86_400_000;

/** Every failed callback since a time, once more. */
export function RedeliverFailed({ profile, onClose }: { profile: Profile; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [since, setSince] = useState(() => localOf(new Date(Date.now() - DAY_MS).toISOString()));
  const redeliver = async () => {
    const asked = { params: { path: { id: profile.id } }, body: { since: instantOf(since) ?? '' } };
    const { redelivered } = await answer(api.POST('/v1/callback-profiles/{id}/redeliver', asked));
    toast(t('delivery.redeliveredFailed', { count: redelivered }));
    void client.invalidateQueries({ queryKey: ['deliveries', profile.id] });
  };
  return (
    <Confirm
      title={t('delivery.redeliverFailed')}
      action={t('delivery.redeliverFailed.do')}
      onConfirm={redeliver}
      onClose={onClose}
    >
      <p>{t('delivery.redeliverFailed.hint')}</p>
      <TextField label={t('delivery.since')} type="datetime-local" required value={since} onChange={setSince} />
    </Confirm>
  );
}
