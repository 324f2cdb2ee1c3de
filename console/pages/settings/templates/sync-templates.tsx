import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';

/** Asks the providers now what became of the templates. */
export function SyncTemplates() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const syncing = useMutation({
    mutationFn: () => answer(api.POST('/v1/templates/sync')),
    onSuccess: ({ asked, changed, failed }) => {
      void client.invalidateQueries({ queryKey: ['templates'] });
      toast(t('templates.synced', { asked, changed, failed }), failed > 0 ? 'wait' : 'good');
    },
  });
  return (
    <>
      <Button busy={syncing.isPending} onClick={() => syncing.mutate()}>
        {t('templates.sync')}
      </Button>
      {syncing.error && <ProblemNote error={syncing.error} />}
    </>
  );
}
