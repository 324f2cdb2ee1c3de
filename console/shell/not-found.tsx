import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Page } from '../parts/page';

export function NotFound() {
  const { t } = useTranslation('shell');
  return (
    <Page title={t('notFound')}>
      <p>{t('notFound.hint')}</p>
      <p>
        <Link href="/">{t('toHome')}</Link>
      </p>
    </Page>
  );
}
