import { useTranslation } from 'react-i18next';
import { useSession } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Badge } from '../../../parts/note';
import type { Column } from '../../../parts/table';
import styles from '../settings.module.css';
import type { Key } from './key';

export interface KeyAct {
  what: 'edit' | 'rotate' | 'delete';
  of: Key;
}

export function useKeyColumns(onAct: (act: KeyAct) => void): Column<Key>[] {
  const { t } = useTranslation(['settings', 'vocabulary']);
  return [
    {
      name: t('name'),
      cell: ({ name, hint }) => (
        <span className={styles.name}>
          <strong>{name}</strong>
          <code className={styles.soft} dir="ltr">
            …{hint}
          </code>
        </span>
      ),
    },
    { name: t('role'), cell: ({ role }) => t(`vocabulary:role.${role}`) },
    {
      name: t('mode'),
      cell: ({ mode }) => <Badge tone={mode === 'live' ? 'accent' : 'plain'}>{t(`mode.${mode}`)}</Badge>,
    },
    {
      name: t('key.flows'),
      cell: ({ flows }) => (flows?.length ? <span dir="ltr">{flows.join(', ')}</span> : t('key.flows.all')),
    },
    { name: t('key.expires'), cell: (key) => <Expiry of={key} /> },
    { name: t('key.lastUsed'), cell: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} /> : t('key.unused')) },
    { name: t('actions'), cell: (key) => <Acts of={key} onAct={onAct} /> },
  ];
}

function Expiry({ of: { expiresAt, overlap } }: { of: Key }) {
  const { t } = useTranslation('settings');
  const over = expiresAt && Date.parse(expiresAt) <= Date.now();
  return (
    <span className={styles.name}>
      {over && <Badge tone="bad">{t('key.expired')}</Badge>}
      {expiresAt ? <Time at={expiresAt} /> : t('key.never')}
      {overlap && (
        <span className={styles.soft}>
          {t('key.overlap', { hint: overlap.hint })} <Time at={overlap.endsAt} />
        </span>
      )}
    </span>
  );
}

/** Owner keys are out of an admin's reach. */
function Acts({ of, onAct }: { of: Key; onAct(act: KeyAct): void }) {
  const { t } = useTranslation('settings');
  const own = useSession()?.person?.role;
  const { name, role } = of;
  if (role === 'owner' && own !== 'owner') {
    return <span className={styles.soft}>{t('key.ofOwner')}</span>;
  }
  return (
    <span className={styles.row}>
      <Button quiet aria-label={t('key.editIt', { name })} onClick={() => onAct({ what: 'edit', of })}>
        {t('edit')}
      </Button>
      <Button quiet aria-label={t('key.rotateIt', { name })} onClick={() => onAct({ what: 'rotate', of })}>
        {t('key.rotate')}
      </Button>
      <Button quiet aria-label={t('key.deleteIt', { name })} onClick={() => onAct({ what: 'delete', of })}>
        {t('delete')}
      </Button>
    </span>
  );
}
