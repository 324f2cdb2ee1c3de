import { useTranslation } from 'react-i18next';
import { Badge } from '../../../parts/note';
import type { Profile } from './profile';

export function ProfileStanding({ profile: { enabled, disabledReason, failingSince } }: { profile: Profile }) {
  const { t } = useTranslation('settings');
  if (!enabled) {
    return (
      <Badge tone={disabledReason === 'by_hand' ? 'plain' : 'bad'}>
        {t(`profile.disabled.${disabledReason ?? 'by_hand'}`)}
      </Badge>
    );
  }
  return failingSince ? <Badge tone="wait">{t('profile.failing')}</Badge> : <Badge tone="good">{t('enabled')}</Badge>;
}
