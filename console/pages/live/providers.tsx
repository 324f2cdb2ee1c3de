import { useTranslation } from 'react-i18next';
import { duration, share, Time, whole } from '../../parts/amounts';
import { Badge, type Tone } from '../../parts/note';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import type { ProviderNow } from './now';

type Health = 'unknown' | 'idle' | 'well' | 'failing' | 'resting' | 'trying';

const TONES: Record<Health, Tone> = {
  unknown: 'plain',
  idle: 'plain',
  well: 'good',
  failing: 'wait',
  resting: 'bad',
  trying: 'wait',
};
/** From then on it is more than a bad number now and then. */
const FAILING = 0.2;

function healthOf({ breaker, sent, failureRate }: ProviderNow): Health {
  if (breaker === 'open') return 'resting';
  if (breaker === 'half_open') return 'trying';
  if (sent === null) return 'unknown';
  if (sent === 0) return 'idle';
  return (failureRate ?? 0) >= FAILING ? 'failing' : 'well';
}

/** How the providers have answered in the last 5 minutes. */
export function Providers({ providers }: { providers: readonly ProviderNow[] }) {
  const { t } = useTranslation(['insight', 'vocabulary']);
  const text = (value: number | null, of: (known: number) => string) => (value === null ? '–' : of(value));
  return (
    <Card title={t('providers')}>
      <Table
        caption={t('providers')}
        rows={providers}
        rowKey={({ provider, account }) => `${provider} ${account}`}
        empty={t('providers.none')}
        columns={[
          { name: t('provider'), cell: ({ provider }) => provider },
          { name: t('providers.account'), cell: ({ account }) => account },
          {
            name: t('providers.health'),
            cell: (one) => <Badge tone={TONES[healthOf(one)]}>{t(`providers.${healthOf(one)}`)}</Badge>,
          },
          { name: t('providers.sent'), numeric: true, cell: ({ sent }) => text(sent, whole) },
          { name: t('failed'), numeric: true, cell: ({ failed }) => text(failed, whole) },
          { name: t('providers.rate'), numeric: true, cell: ({ failureRate }) => text(failureRate, share) },
          { name: t('providers.p95'), numeric: true, cell: ({ p95Ms }) => text(p95Ms, duration) },
          {
            name: t('providers.lastFailure'),
            cell: ({ lastFailure }) =>
              lastFailure ? (
                <>
                  {t(`vocabulary:reason.${lastFailure.reason}`)}
                  {lastFailure.code !== null && ` (${lastFailure.code})`}, <Time at={lastFailure.at} seconds />
                </>
              ) : (
                '–'
              ),
          },
        ]}
      />
    </Card>
  );
}
