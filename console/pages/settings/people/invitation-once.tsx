import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../../client/api';
import { Time } from '../../../parts/amounts';
import { SecretOnce } from '../secret-once';

export type Invited = Schemas['InvitationLink'] & { name: string };

export function InvitationOnce({ invited, onClose }: { invited: Invited; onClose(): void }) {
  const { t } = useTranslation('settings');
  return (
    <SecretOnce
      title={t('person.link', { name: invited.name })}
      label={t('person.link', { name: invited.name })}
      text={invited.url}
      onClose={onClose}
    >
      <p>
        {t('person.link.hint')} {t('person.link.until')} <Time at={invited.expiresAt} />.
      </p>
    </SecretOnce>
  );
}
