import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Wizard() {
  const { t } = useTranslation('shell');
  return <Page title={t('flows')}>{null}</Page>;
}
