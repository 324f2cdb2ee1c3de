import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Live() {
  const { t } = useTranslation('shell');
  return <Page title={t('live')}>{null}</Page>;
}
