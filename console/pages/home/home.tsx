import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function Home() {
  const { t } = useTranslation('shell');
  return <Page title={t('home')}>{null}</Page>;
}
