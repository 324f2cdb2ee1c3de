import { useTranslation } from 'react-i18next';
import { ROLES, type Role } from '../../../../schemas/vocabulary';
import { Card } from '../../../parts/page';
import { Table } from '../../../parts/table';

/** What each role may, in a sentence; the server has the table that decides. */
export function RolesTable() {
  const { t } = useTranslation(['settings', 'vocabulary']);
  return (
    <Card title={t('roles')}>
      <p>{t('roles.about')}</p>
      <Table<Role>
        caption={t('roles')}
        rows={ROLES}
        rowKey={(role) => role}
        columns={[
          { name: t('role'), cell: (role) => <strong>{t(`vocabulary:role.${role}`)}</strong> },
          { name: t('roles.may'), cell: (role) => t(`role.${role}.may`) },
          { name: t('roles.mayNot'), cell: (role) => t(`role.${role}.mayNot`) },
        ]}
      />
    </Card>
  );
}
