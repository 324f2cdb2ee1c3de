import { useTranslation } from 'react-i18next';
import type { AttemptStatus, InvocationStatus } from '../../schemas/vocabulary';
import { Badge, type Tone } from './note';

const TONES: Record<AttemptStatus | InvocationStatus, Tone> = {
  running: 'wait',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'plain',
  expired: 'bad',
  requested: 'wait',
  skipped: 'plain',
  uncertain: 'wait',
  accepted: 'wait',
  sent: 'wait',
  delivered: 'good',
  read: 'good',
  clicked: 'good',
  replied: 'good',
  rejected: 'bad',
  undelivered: 'bad',
  recalled: 'plain',
};

export function Status({ status }: { status: AttemptStatus | InvocationStatus }) {
  const { t } = useTranslation('vocabulary');
  return <Badge tone={TONES[status]}>{t(`status.${status}`)}</Badge>;
}
