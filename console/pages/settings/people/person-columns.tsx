import { useTranslation } from 'react-i18next';
import { useSession } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Badge } from '../../../parts/note';
import type { Column } from '../../../parts/table';
import styles from '../settings.module.css';
import { mayTouch, type Person } from './person';

const TONES = { invited: 'wait', active: 'good', disabled: 'bad' } as const;

export function usePersonColumns(onManage: (person: Person) => void): Column<Person>[] {
  const { t } = useTranslation(['settings', 'vocabulary']);
  const own = useSession()?.person;
  return [
    {
      name: t('name'),
      cell: ({ id, name, email }) => (
        <span className={styles.name}>
          <strong>
            {name} {id === own?.id && t('person.you')}
          </strong>
          <span className={styles.soft} dir="ltr">
            {email}
          </span>
        </span>
      ),
    },
    { name: t('role'), cell: ({ role }) => t(`vocabulary:role.${role}`) },
    { name: t('status'), cell: ({ status }) => <Badge tone={TONES[status]}>{t(`person.status.${status}`)}</Badge> },
    {
      name: t('person.password'),
      cell: ({ hasPassword }) => t(hasPassword ? 'person.password.set' : 'person.password.none'),
    },
    {
      name: t('person.lastSeen'),
      cell: ({ lastSeenAt }) => (lastSeenAt ? <Time at={lastSeenAt} /> : t('person.never')),
    },
    {
      name: t('actions'),
      cell: (person) =>
        mayTouch(own?.role, person) ? (
          <Button quiet aria-label={t('person.manageIt', { name: person.name })} onClick={() => onManage(person)}>
            {t('person.manage')}
          </Button>
        ) : (
          <span className={styles.soft}>{t('person.ofOwner')}</span>
        ),
    },
  ];
}
