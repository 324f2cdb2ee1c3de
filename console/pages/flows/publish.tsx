import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition } from '../../../schemas/flow';
import { api, type Schemas } from '../../client/api';
import { ApiProblem } from '../../client/problem';
import { useRights } from '../../client/session';
import { whole } from '../../parts/amounts';
import { Button, LinkButton } from '../../parts/button';
import { Note } from '../../parts/note';
import { ProblemNote } from '../../parts/problem-note';
import { lintQuery } from './trial-queries';

interface Publishing {
  flow: Schemas['Flow'];
  definition: FlowDefinition;
  etag: string;
  dirty: boolean;
}

/** Freezes the saved draft as the newest version. */
export function Publish({ flow, definition, etag, dirty }: Publishing) {
  const { t } = useTranslation('trial');
  const client = useQueryClient();
  const mayEdit = useRights().edits('flows');
  const errors = useQuery(lintQuery(flow.id, definition)).data?.errors;
  const publish = useMutation({
    mutationFn: async () => {
      // What goes out is what was looked at.
      const params = { path: { id: flow.id }, header: { 'If-Match': etag } };
      const { data } = await api.POST('/v1/flows/{id}/publish', { params, body: {} });
      return (data as Schemas['Published']).version;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['flows'] }),
  });
  const held = whyNot({ mayEdit, dirty, errors: errors ?? 0 });
  const changed = publish.error instanceof ApiProblem && publish.error.status === 412;
  return (
    <>
      <p>{t('publish.about', { version: whole(flow.latestVersion + 1) })}</p>
      {held && <Note tone="wait">{t(`publish.${held}`)}</Note>}
      <div>
        <Button primary disabled={held !== null} busy={publish.isPending} onClick={() => publish.mutate()}>
          {t('publish.do')}
        </Button>
      </div>
      <div role="status">
        {publish.data !== undefined && (
          <Note tone="good" title={t('publish.done', { version: whole(publish.data) })}>
            <LinkButton href={`/flows/${flow.id}/versions`}>{t('publish.toVersions')}</LinkButton>
          </Note>
        )}
      </div>
      {changed && <Note tone="bad" title={t('publish.changed')} />}
      {publish.error !== null && !changed && <ProblemNote error={publish.error} />}
    </>
  );
}

function whyNot({ mayEdit, dirty, errors }: { mayEdit: boolean; dirty: boolean; errors: number }) {
  if (!mayEdit) return 'mayNot';
  if (dirty) return 'dirty';
  return errors > 0 ? 'errors' : null;
}
