import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../client/api';
import { useSession, useSessionChanged } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Pair } from '../../../parts/form';
import { Card, Page } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { LanguageChoice, ThemeChoice } from '../../../shell/looks';
import styles from '../settings.module.css';
import { OwnPassword } from './own-password';

/** Who one is here, one's password, and how the pages look. */
export default function You() {
  const { t } = useTranslation('settings');
  return (
    <Page title={t('section.you')} about={t('you.about')}>
      <Account />
      <OwnPassword />
      <Looks />
    </Page>
  );
}

function Account() {
  const { t } = useTranslation(['settings', 'vocabulary']);
  const person = useSession()?.person;
  const changed = useSessionChanged();
  const leaving = useMutation({
    mutationFn: () => api.DELETE('/v1/session'),
    onSuccess: () => changed(null),
  });
  if (!person) return null;
  return (
    <Card
      title={t('you.account')}
      actions={
        <Button busy={leaving.isPending} onClick={() => leaving.mutate()}>
          {t('you.signOut')}
        </Button>
      }
    >
      <dl className={styles.facts}>
        <dt>{t('name')}</dt>
        <dd>{person.name}</dd>
        <dt>{t('person.email')}</dt>
        <dd dir="ltr">{person.email}</dd>
        <dt>{t('role')}</dt>
        <dd>{t(`vocabulary:role.${person.role}`)}</dd>
        <dt>{t('roles.may')}</dt>
        <dd>{t(`role.${person.role}.may`)}</dd>
      </dl>
      {leaving.error && <ProblemNote error={leaving.error} />}
    </Card>
  );
}

function Looks() {
  const { t } = useTranslation('settings');
  const [now] = useState(() => new Date().toISOString());
  return (
    <Card title={t('you.looks')}>
      <Pair>
        <LanguageChoice />
        <ThemeChoice />
      </Pair>
      <dl className={styles.facts}>
        <dt>{t('you.zone')}</dt>
        <dd>{Intl.DateTimeFormat().resolvedOptions().timeZone}</dd>
        <dt>{t('you.now')}</dt>
        <dd>
          <Time at={now} />
        </dd>
      </dl>
      <p className={styles.soft}>{t('you.zone.hint')}</p>
    </Card>
  );
}
