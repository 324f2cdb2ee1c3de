import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/page';

export default function SignIn() {
  const { t } = useTranslation('shell');
  return <Page title={t('title')}>{null}</Page>;
}
