import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Run() {
  const { t } = useTranslation('shell');
  return <Page title={t('runs')}>{null}</Page>;
}
