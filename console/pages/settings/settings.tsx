import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Settings() {
  const { t } = useTranslation('shell');
  return <Page title={t('settings')}>{null}</Page>;
}
