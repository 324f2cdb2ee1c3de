import { useTranslation } from 'react-i18next';
import type { Template } from '../../schemas/template';
import { Badge, type Tone } from './note';
import styles from './template-form.module.css';

const TONES: Record<Template['status'], Tone> = {
  draft: 'plain',
  submitted: 'wait',
  approved: 'good',
  rejected: 'bad',
  paused: 'wait',
};

/** Where a template stands with whoever has to approve it, and why. */
export function TemplateStatus({
  template: { status, statusReason, statusByHand, providerTemplateId },
}: {
  template: Pick<Template, 'status' | 'statusReason' | 'statusByHand' | 'providerTemplateId'>;
}) {
  const { t } = useTranslation('templates');
  return (
    <p className={styles.status}>
      <Badge tone={TONES[status]}>{t(`status.${status}`)}</Badge>
      {statusReason && <span>{statusReason}</span>}
      {statusByHand && <span className={styles.soft}>{t('status.byHand')}</span>}
      {providerTemplateId && <span className={styles.soft}>{t('status.providerId', { id: providerTemplateId })}</span>}
    </p>
  );
}
