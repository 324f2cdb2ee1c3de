import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { download } from '../../../client/download';
import { Button } from '../../../parts/button';
import { ProblemNote } from '../../../parts/problem-note';

const FORMS = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
type Form = keyof typeof FORMS;

/** All that the filters find, as a file. */
export function AuditExport({ filters }: { filters: Record<string, string> }) {
  const { t } = useTranslation('settings');
  const saving = useMutation({
    mutationFn: (form: Form) => {
      const search = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ''));
      return download(`/v1/audit${search.size > 0 ? `?${search}` : ''}`, FORMS[form], `audit.${form}`);
    },
  });
  return (
    <>
      {(Object.keys(FORMS) as Form[]).map((form) => (
        <Button key={form} busy={saving.isPending && saving.variables === form} onClick={() => saving.mutate(form)}>
          {t(`export.${form}`)}
        </Button>
      ))}
      {saving.error && <ProblemNote error={saving.error} />}
    </>
  );
}
