import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Simulate() {
  const { t } = useTranslation('shell');
  return <Page title={t('flows')}>{null}</Page>;
}
