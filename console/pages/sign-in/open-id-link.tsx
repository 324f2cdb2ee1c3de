import { useTranslation } from 'react-i18next';
import buttons from '../../parts/button.module.css';
import styles from './outside.module.css';

/** It leads out of these pages: so it is a link of the browser's own. */
export function OpenIdLink({ name, target, alone }: { name: string; target: string; alone: boolean }) {
  const { t } = useTranslation('sign-in');
  const query = new URLSearchParams({ returnTo: `/console${target}` });
  return (
    <>
      <a className={`${buttons.button} ${alone ? buttons.primary : ''}`} href={`/v1/session/openid?${query}`}>
        {t('openId', { name })}
      </a>
      {!alone && <p className={styles.or}>{t('or')}</p>}
    </>
  );
}
