import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { Template } from '../../../../schemas/template';
import { answer, api } from '../../../client/api';
import { useRights } from '../../../client/session';
import { Loading } from '../../../parts/loading';
import { Card, Page } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { TemplateForm } from '../../../parts/template-form';
import { toast } from '../../../parts/toasts';
import { TemplateCare } from './template-care';

/** One template: its content with a preview, and where it stands with whoever approves it; or a new one: `new`. */
export function TemplatePage({ id }: { id: string }) {
  const { t } = useTranslation('settings');
  const { edits } = useRights();
  const client = useQueryClient();
  const [, go] = useLocation();
  const isNew = id === 'new';
  const { data, error, refetch } = useQuery({
    queryKey: ['templates', 'one', id],
    queryFn: ({ signal }) => answer(api.GET('/v1/templates/{id}', { params: { path: { id } }, signal })),
    enabled: !isNew,
  });
  const saved = (template: Template) => {
    client.setQueryData(['templates', 'one', template.id], template);
    toast(t('saved', { name: template.name }));
    if (isNew) go(`/settings/templates/${template.id}`, { replace: true });
  };
  return (
    <Page
      title={isNew ? t('template.add') : (data?.name ?? id)}
      about={<Link href="/settings/templates">{t('templates.all')}</Link>}
    >
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!isNew && !data && !error && <Loading />}
      {data && edits('flows') && <TemplateCare template={data} />}
      {(isNew || data) && (
        <Card title={t('template.content')}>
          <TemplateForm key={data?.updatedAt ?? 'new'} template={data} readOnly={!edits('flows')} onSaved={saved} />
        </Card>
      )}
    </Page>
  );
}
