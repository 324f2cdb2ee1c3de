import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, useParams } from 'wouter';
import { useRights } from '../../client/session';
import { Loading } from '../../parts/loading';
import { Note } from '../../parts/note';
import { Page } from '../../parts/page';
import { Tabs } from '../../parts/tabs';
import { NotFound } from '../../shell/not-found';
import { SECTIONS } from './sections';
import styles from './settings.module.css';

/** Everything that the API lets be set, a section each; what the role may not see is not linked. */
export default function Settings() {
  const { t } = useTranslation('settings');
  const rights = useRights();
  const { section: asked, id } = useParams<{ section?: string; id?: string }>();
  const seen = SECTIONS.filter((section) => section.seen(rights));
  const section = SECTIONS.find(({ path }) => path === asked);
  if (asked === undefined) return <Redirect to={`/settings/${seen[0]?.path ?? 'you'}`} replace />;
  if (!section) return <NotFound />;
  return (
    <div className={styles.settings}>
      <Tabs
        label={t('sections')}
        tabs={seen.map(({ path }) => {
          return { href: `/settings/${path}`, words: t(`section.${path}`), current: path === section.path };
        })}
      />
      <Suspense fallback={<Loading />}>
        {section.seen(rights) ? <section.Page id={id ?? null} /> : <NoAccess title={t(`section.${section.path}`)} />}
      </Suspense>
    </div>
  );
}

function NoAccess({ title }: { title: string }) {
  const { t } = useTranslation('shell');
  return (
    <Page title={title}>
      <Note tone="wait" title={t('noAccess')}>
        <p>{t('noAccess.hint')}</p>
      </Note>
    </Page>
  );
}
