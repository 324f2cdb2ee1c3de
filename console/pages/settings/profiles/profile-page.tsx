import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'wouter';
import { answer, api } from '../../../client/api';
import { useRights } from '../../../client/session';
import { Loading } from '../../../parts/loading';
import { Card, Page } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { Tabs } from '../../../parts/tabs';
import { CallbackSecret } from './callback-secret';
import { DeliveryList } from './delivery-list';
import { EditProfile } from './edit-profile';
import type { Profile } from './profile';
import { ProfileCare } from './profile-care';
import { ProfileTrial } from './profile-trial';

/** One profile: what was sent to it, or how it is set up; or the one that is to be made: `new`. */
export function ProfilePage({ id }: { id: string }) {
  const { t } = useTranslation('settings');
  const isNew = id === 'new';
  // Made, its address changes and its secret is shown over what comes next.
  const { data, error, refetch } = useQuery({
    queryKey: ['callback-profiles', id],
    queryFn: ({ signal }) => answer(api.GET('/v1/callback-profiles/{id}', { params: { path: { id } }, signal })),
    enabled: !isNew,
  });
  const back = <Link href="/settings/callback-profiles">{t('profiles.all')}</Link>;
  if (isNew) {
    return (
      <Page title={t('profile.add')} about={back}>
        <Card title={t('profile.new')}>
          <EditProfile profile={null} />
        </Card>
      </Page>
    );
  }
  return (
    <Page title={data?.name ?? id} about={back}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <Loaded profile={data} />}
    </Page>
  );
}

function Loaded({ profile }: { profile: Profile }) {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const [search] = useSearchParams();
  const [secret, setSecret] = useState<string | null>(null);
  const asked = search.get('part');
  const part = edits('flows') && (asked === 'setup' || asked === 'test') ? asked : 'deliveries';
  const href = `/settings/callback-profiles/${profile.id}`;
  const parts = edits('flows') ? (['deliveries', 'test', 'setup'] as const) : (['deliveries'] as const);
  return (
    <>
      <ProfileCare profile={profile} onSecret={setSecret} />
      <Tabs
        label={t('profile.parts')}
        tabs={parts.map((one) => {
          const to = one === 'deliveries' ? href : `${href}?part=${one}`;
          return { href: to, words: t(`profile.part.${one}`), current: one === part };
        })}
      />
      {part === 'deliveries' && <DeliveryList profile={profile} />}
      {part === 'test' && <ProfileTrial profile={profile} />}
      {part === 'setup' && (
        <Card title={t('profile.part.setup')}>
          <EditProfile key={profile.updatedAt} profile={profile} />
        </Card>
      )}
      {secret && <CallbackSecret secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}
