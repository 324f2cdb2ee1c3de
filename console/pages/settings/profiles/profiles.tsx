import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answer, api } from '../../../client/api';
import { useRights } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { LinkButton } from '../../../parts/button';
import { Card, Page } from '../../../parts/page';
import { type Column, Table } from '../../../parts/table';
import { Listed } from '../listed';
import { usePages } from '../pages-of';
import styles from '../settings.module.css';
import type { Profile } from './profile';
import { ProfilePage } from './profile-page';
import { ProfileStanding } from './profile-standing';

export default function Profiles({ id }: { id: string | null }) {
  return id === null ? <ProfileList /> : <ProfilePage key={id} id={id} />;
}

function ProfileList() {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const profiles = usePages(['callback-profiles'], {}, (query, signal) =>
    answer(api.GET('/v1/callback-profiles', { params: { query }, signal })),
  );
  const columns = useColumns();
  return (
    <Page
      title={t('section.callback-profiles')}
      about={t('profiles.about')}
      actions={
        edits('flows') && (
          <LinkButton primary href="/settings/callback-profiles/new">
            {t('profile.add')}
          </LinkButton>
        )
      }
    >
      <Card>
        <Listed of={profiles}>
          {(items) => (
            <Table
              caption={t('section.callback-profiles')}
              columns={columns}
              rows={items}
              rowKey={({ id }) => id}
              empty={<p>{t('profiles.none')}</p>}
            />
          )}
        </Listed>
      </Card>
    </Page>
  );
}

function useColumns(): Column<Profile>[] {
  const { t } = useTranslation('settings');
  return [
    {
      name: t('name'),
      cell: ({ id, name }) => (
        <span className={styles.name}>
          <Link href={`/settings/callback-profiles/${id}`}>{name}</Link>
          <code className={styles.soft}>{id}</code>
        </span>
      ),
    },
    { name: t('profile.url'), cell: ({ url }) => <span dir="ltr">{url}</span> },
    {
      name: t('profile.types'),
      cell: ({ types }) => (types ? t('profile.typesCount', { count: types.length }) : t('profile.types.all')),
    },
    { name: t('status'), cell: (profile) => <ProfileStanding profile={profile} /> },
    { name: t('changed'), cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ];
}
