import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'wouter';
import { PROVIDERS, type Provider } from '../../../../schemas/vocabulary';
import { answer, api, type Schemas } from '../../../client/api';
import { download, fileOf } from '../../../client/download';
import { useRights } from '../../../client/session';
import { money, whole } from '../../../parts/amounts';
import { Button } from '../../../parts/button';
import { Select } from '../../../parts/field';
import { Loading } from '../../../parts/loading';
import { Card, Page } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { type Column, Table } from '../../../parts/table';
import styles from '../settings.module.css';
import { PriceUpload } from './price-upload';

/** So many rows are drawn; the whole table is a file away. */
const SHOWN = 500;

export default function Prices() {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const [search, setSearch] = useSearchParams();
  const provider = PROVIDERS.find((one) => one === search.get('provider')) ?? '';
  const params = { query: provider ? { provider } : {} };
  const { data, error, refetch } = useQuery({
    queryKey: ['prices', provider],
    queryFn: ({ signal }) => answer(api.GET('/v1/prices', { params, signal })),
    placeholderData: (before) => before,
  });
  const saving = useMutation({
    mutationFn: () => download(api.GET('/v1/prices', { params, ...fileOf('csv') }), 'prices.csv'),
  });
  const columns = useColumns();
  return (
    <Page
      title={t('section.prices')}
      about={t('prices.about')}
      actions={
        <Button busy={saving.isPending} onClick={() => saving.mutate()}>
          {t('export.csv')}
        </Button>
      }
    >
      {saving.error && <ProblemNote error={saving.error} />}
      {edits('administration') && <PriceUpload provider={provider} />}
      <Card title={t('prices.table')}>
        <div className={styles.filters}>
          <Select<Provider | ''>
            label={t('account.provider')}
            value={provider}
            choices={(['', ...PROVIDERS] as const).map((value) => {
              return { value, words: value ? t(`provider.${value}`) : t('any') };
            })}
            onChange={(value) => setSearch(value ? { provider: value } : {}, { replace: true })}
          />
        </div>
        {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && (
          <>
            <Table
              caption={t('prices.table')}
              columns={columns}
              rows={data.items.slice(0, SHOWN)}
              rowKey={(row) => [row.provider, row.account, row.channel, row.country, row.currency].join(' ')}
              empty={<p>{t('prices.none')}</p>}
            />
            {data.items.length > SHOWN && (
              <p>{t('prices.shown', { shown: whole(SHOWN), total: whole(data.items.length) })}</p>
            )}
          </>
        )}
      </Card>
    </Page>
  );
}

function useColumns(): Column<Schemas['Price']>[] {
  const { t } = useTranslation(['settings', 'vocabulary']);
  return [
    { name: t('account.provider'), cell: ({ provider }) => t(`provider.${provider}`) },
    { name: t('price.account'), cell: ({ account }) => account ?? t('price.account.all') },
    { name: t('channel'), cell: ({ channel }) => t(`vocabulary:channel.${channel}`) },
    { name: t('price.country'), cell: ({ country }) => (country === '*' ? t('price.country.all') : country) },
    { name: t('price.cost'), numeric: true, cell: ({ costMicros, currency }) => money(costMicros, currency) },
  ];
}
