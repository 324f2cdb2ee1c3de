import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { Actions, Form } from '../../../parts/form';
import { useKept } from '../../../parts/kept';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';
import { CallbackSecret } from './callback-secret';
import { bodyOf, draftOf, NEW_PROFILE, type Profile, secretsOf } from './profile';
import { ProfileFields } from './profile-fields';
import { SecretFields } from './secret-fields';

export function EditProfile({ profile }: { profile: Profile | null }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [, go] = useLocation();
  const place = `onward.callback-profile.${profile ? `${profile.id}.${profile.updatedAt}` : 'new'}`;
  const [draft, setDraft, forget] = useKept(place, profile ? draftOf(profile) : NEW_PROFILE);
  const [secrets, setSecrets] = useState(() => secretsOf(profile));
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const saving = useMutation({
    mutationFn: (): Promise<Profile & { secret?: string }> => {
      const body = bodyOf(draft, secrets, profile);
      if (!profile) return answer(api.POST('/v1/callback-profiles', { body }));
      return answer(api.PUT('/v1/callback-profiles/{id}', { params: { path: { id: profile.id } }, body }));
    },
    onSuccess: ({ secret, ...saved }) => {
      forget();
      client.setQueryData(['callback-profiles', saved.id], saved);
      void client.invalidateQueries({ queryKey: ['callback-profiles'] });
      toast(t('saved', { name: saved.name }));
      if (secret) setMade({ id: saved.id, secret });
    },
  });
  return (
    <>
      <Form onSubmit={() => saving.mutate()} label={t(profile ? 'profile.part.setup' : 'profile.new')}>
        <ProfileFields draft={draft} isNew={profile === null} error={saving.error} onChange={setDraft} />
        <SecretFields secrets={secrets} profile={profile} error={saving.error} onChange={setSecrets} />
        {saving.error && <ProblemNote error={saving.error} />}
        <Actions>
          <Button primary type="submit" busy={saving.isPending} disabled={made !== null}>
            {t(profile ? 'save' : 'profile.add')}
          </Button>
        </Actions>
      </Form>
      {made && (
        <CallbackSecret
          secret={made.secret}
          onClose={() => go(`/settings/callback-profiles/${made.id}?part=test`, { replace: true })}
        />
      )}
    </>
  );
}
