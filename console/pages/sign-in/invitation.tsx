import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Invitation() {
  const { t } = useTranslation('shell');
  return <Page title={t('title')}>{null}</Page>;
}
