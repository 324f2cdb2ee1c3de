import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Analytics() {
  const { t } = useTranslation('shell');
  return <Page title={t('analytics')}>{null}</Page>;
}
