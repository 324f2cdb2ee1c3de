import { useTranslation } from 'react-i18next';
import { Code } from '../../../parts/copy';
import { SecretOnce } from '../secret-once';

const VERIFY = `import { Webhook } from 'standardwebhooks';

new Webhook(secret).verify(body, headers); // throws where it is forged`;

/** The secret that callbacks are signed with, shown this once, and what to do with it. */
export function CallbackSecret({ secret, onClose }: { secret: string; onClose(): void }) {
  const { t } = useTranslation('settings');
  return (
    <SecretOnce title={t('profile.secret')} label={t('profile.secret')} text={secret} onClose={onClose}>
      <p>{t('profile.verify')}</p>
      <Code text={VERIFY} label={t('profile.verify.code')} />
      <p>
        <a href="/docs" target="_blank" rel="noreferrer">
          {t('profile.verify.more')}
        </a>
      </p>
    </SecretOnce>
  );
}
