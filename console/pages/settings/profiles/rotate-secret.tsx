import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ROTATION_SECONDS } from '../../../../schemas/callback-profile';
import { answer, api } from '../../../client/api';
import { Confirm } from '../../../parts/dialog';
import { type Overlap, OverlapChoice } from '../overlap';
import type { Profile } from './profile';

export function RotateSecret({
  profile,
  onSecret,
  onClose,
}: {
  profile: Profile;
  onSecret(secret: string): void;
  onClose(): void;
}) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [overlap, setOverlap] = useState<Overlap>('86400');
  const rotate = async () => {
    const asked = { params: { path: { id: profile.id } }, body: { overlapSeconds: Number(overlap) } };
    const { secret } = await answer(api.POST('/v1/callback-profiles/{id}/rotate-secret', asked));
    void client.invalidateQueries({ queryKey: ['callback-profiles', profile.id] });
    onSecret(secret);
  };
  return (
    <Confirm title={t('profile.rotate')} action={t('profile.rotate')} onConfirm={rotate} onClose={onClose}>
      <p>{t('profile.rotate.hint')}</p>
      <OverlapChoice value={overlap} most={ROTATION_SECONDS.most} onChange={setOverlap} />
    </Confirm>
  );
}
