import { useTranslation } from 'react-i18next';
import { whole } from '../../parts/amounts';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import type { Filters } from './filters';
import { useFunnel } from './queries';
import { Report } from './report';

/** As api/rejections.ts counts them. */
const REASONS = [
  'body_invalid',
  'variables_invalid',
  'recipient_invalid',
  'no_address',
  'not_published',
  'no_provider_account',
  'idempotency_conflict',
  'overloaded',
] as const;

/** Invocations that were refused at the door: no run was made of them. */
export function RejectedView({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  return (
    <Card title={t('rejected')}>
      <Report asked={useFunnel({ ...filters, by: null })}>
        {({ invocations }) => {
          const rows = Object.entries(invocations?.rejectedByReason ?? {}).sort(([, a], [, b]) => b - a);
          return (
            <Table
              caption={t('rejected')}
              rows={rows}
              rowKey={([reason]) => reason}
              empty={t('rejected.none')}
              columns={[
                { name: t('reason'), cell: ([reason]) => <ReasonWords reason={reason} /> },
                { name: t('rejected.count'), numeric: true, cell: ([, count]) => whole(count) },
              ]}
            />
          );
        }}
      </Report>
    </Card>
  );
}

function ReasonWords({ reason }: { reason: string }) {
  const { t } = useTranslation('insight');
  const known = REASONS.find((one) => one === reason);
  return known ? t(`rejected.${known}`) : <code>{reason}</code>;
}
