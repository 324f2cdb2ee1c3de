import { useTranslation } from 'react-i18next';
import { PERSON_ROLES, type PersonRole } from '../../../../schemas/vocabulary';
import { useSession } from '../../../client/session';
import { type Finding, Select } from '../../../parts/field';

export function RoleChoice({
  value,
  findings,
  onChange,
}: {
  value: PersonRole;
  findings?: readonly Finding[];
  onChange(role: PersonRole): void;
}) {
  const { t } = useTranslation(['settings', 'vocabulary']);
  const own = useSession()?.person?.role;
  const roles = PERSON_ROLES.filter((role) => role !== 'owner' || own === 'owner');
  return (
    <Select<PersonRole>
      label={t('role')}
      hint={t(`role.${value}.may`)}
      value={value}
      choices={roles.map((role) => ({ value: role, words: t(`vocabulary:role.${role}`) }))}
      {...(findings && { findings })}
      onChange={onChange}
    />
  );
}
