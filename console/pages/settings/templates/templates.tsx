import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { TEMPLATE_STATUSES, type Template } from '../../../../schemas/template';
import { CHANNELS } from '../../../../schemas/vocabulary';
import { answer, api } from '../../../client/api';
import { useRights } from '../../../client/session';
import { Time } from '../../../parts/amounts';
import { LinkButton } from '../../../parts/button';
import { Select } from '../../../parts/field';
import { Card, Page } from '../../../parts/page';
import { type Column, Table } from '../../../parts/table';
import { TemplateStatus } from '../../../parts/template-status';
import { useFilters } from '../filters';
import { Listed } from '../listed';
import { usePages, WHOLE } from '../pages-of';
import styles from '../settings.module.css';
import { SyncTemplates } from './sync-templates';
import { TemplatePage } from './template-page';

export default function Templates({ id }: { id: string | null }) {
  return id === null ? <TemplateList /> : <TemplatePage key={id} id={id} />;
}

function TemplateList() {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  return (
    <Page
      title={t('section.templates')}
      about={t('templates.about')}
      actions={
        edits('flows') && (
          <>
            <SyncTemplates />
            <LinkButton primary href="/settings/templates/new">
              {t('template.add')}
            </LinkButton>
          </>
        )
      }
    >
      <List />
    </Page>
  );
}

function List() {
  const { t } = useTranslation(['settings', 'vocabulary', 'templates']);
  const [filters, setFilter] = useFilters(['channel', 'status'] as const);
  const templates = usePages(['templates', 'list'], { limit: WHOLE }, (query, signal) =>
    answer(api.GET('/v1/templates', { params: { query }, signal })),
  );
  const { hasNextPage, isFetching, fetchNextPage, error } = templates;
  // All of them: the list is filtered here.
  useEffect(() => {
    if (hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [hasNextPage, isFetching, error, fetchNextPage]);
  const columns = useColumns();
  const fits = ({ channel, status }: Template) =>
    (!filters.channel || channel === filters.channel) && (!filters.status || status === filters.status);
  return (
    <Card>
      <div className={styles.filters}>
        <Select<string>
          label={t('channel')}
          value={filters.channel}
          choices={(['', ...CHANNELS] as const).map((value) => {
            return { value, words: value ? t(`vocabulary:channel.${value}`) : t('any') };
          })}
          onChange={(value) => setFilter('channel', value)}
        />
        <Select<string>
          label={t('template.approval')}
          value={filters.status}
          choices={(['', ...TEMPLATE_STATUSES] as const).map((value) => {
            return { value, words: value ? t(`templates:status.${value}`) : t('any') };
          })}
          onChange={(value) => setFilter('status', value)}
        />
      </div>
      <Listed of={templates}>
        {(items) => (
          <Table
            caption={t('section.templates')}
            columns={columns}
            rows={items.filter(fits)}
            rowKey={({ id }) => id}
            empty={<p>{t(items.length === 0 ? 'templates.none' : 'templates.noneFits')}</p>}
          />
        )}
      </Listed>
    </Card>
  );
}

function useColumns(): Column<Template>[] {
  const { t } = useTranslation(['settings', 'vocabulary']);
  return [
    {
      name: t('name'),
      cell: ({ id, name }) => (
        <span className={styles.name}>
          <Link href={`/settings/templates/${id}`}>{name}</Link>
          <code className={styles.soft}>{id}</code>
        </span>
      ),
    },
    { name: t('channel'), cell: ({ channel }) => t(`vocabulary:channel.${channel}`) },
    { name: t('template.approval'), cell: (template) => <TemplateStatus template={template} /> },
    { name: t('template.languages'), cell: ({ locales }) => Object.keys(locales ?? {}).join(', ') || '–' },
    { name: t('changed'), cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ];
}
