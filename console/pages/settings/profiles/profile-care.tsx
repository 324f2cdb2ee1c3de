import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { answer, api } from '../../../client/api';
import { useRights } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Confirm } from '../../../parts/dialog';
import { Note } from '../../../parts/note';
import { Card } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';
import styles from '../settings.module.css';
import { bodyOf, draftOf, type Profile, secretsOf } from './profile';
import { ProfileStanding } from './profile-standing';
import { RotateSecret } from './rotate-secret';

/** How the profile stands, and what is done to it as a whole. */
export function ProfileCare({ profile, onSecret }: { profile: Profile; onSecret(secret: string): void }) {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const [open, setOpen] = useState<'rotate' | 'delete' | null>(null);
  const close = () => setOpen(null);
  return (
    <Card
      title={t('profile.standing')}
      actions={
        edits('flows') && (
          <>
            <Button onClick={() => setOpen('rotate')}>{t('profile.rotate')}</Button>
            <Button danger onClick={() => setOpen('delete')}>
              {t('profile.delete')}
            </Button>
          </>
        )
      }
    >
      <dl className={styles.facts}>
        <dt>{t('status')}</dt>
        <dd>
          <ProfileStanding profile={profile} />
        </dd>
        <dt>{t('profile.url')}</dt>
        <dd dir="ltr">{profile.url}</dd>
        {profile.failingSince && (
          <>
            <dt>{t('profile.failingSince')}</dt>
            <dd>
              <Time at={profile.failingSince} />
            </dd>
          </>
        )}
        {profile.previousSecretUntil && (
          <>
            <dt>{t('profile.previousSecret')}</dt>
            <dd>
              <Time at={profile.previousSecretUntil} />
            </dd>
          </>
        )}
      </dl>
      {!profile.enabled && <Disabled profile={profile} />}
      {open === 'rotate' && <RotateSecret profile={profile} onSecret={onSecret} onClose={close} />}
      {open === 'delete' && <DeleteProfile profile={profile} onClose={close} />}
    </Card>
  );
}

function Disabled({ profile }: { profile: Profile }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const { edits } = useRights();
  const enabling = useMutation({
    mutationFn: () => {
      const body = bodyOf({ ...draftOf(profile), enabled: true }, secretsOf(profile), profile);
      return answer(api.PUT('/v1/callback-profiles/{id}', { params: { path: { id: profile.id } }, body }));
    },
    onSuccess: (saved) => {
      client.setQueryData(['callback-profiles', profile.id], saved);
      toast(t('profile.enabledAgain', { name: saved.name }));
    },
  });
  return (
    <Note tone="wait" title={t(`profile.disabled.${profile.disabledReason ?? 'by_hand'}`)}>
      <p>{t(`profile.disabled.${profile.disabledReason ?? 'by_hand'}.hint`)}</p>
      {enabling.error && <ProblemNote error={enabling.error} />}
      {edits('flows') && (
        <Button primary busy={enabling.isPending} onClick={() => enabling.mutate()}>
          {t('profile.enable')}
        </Button>
      )}
    </Note>
  );
}

function DeleteProfile({ profile, onClose }: { profile: Profile; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [, go] = useLocation();
  const remove = async () => {
    await api.DELETE('/v1/callback-profiles/{id}', { params: { path: { id: profile.id } } });
    toast(t('deleted', { name: profile.name }));
    go('/settings/callback-profiles');
    client.removeQueries({ queryKey: ['callback-profiles', profile.id] });
    void client.invalidateQueries({ queryKey: ['callback-profiles'] });
  };
  return (
    <Confirm
      title={t('profile.delete.title', { name: profile.name })}
      action={t('profile.delete')}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t('profile.delete.hint')}</p>
    </Confirm>
  );
}
