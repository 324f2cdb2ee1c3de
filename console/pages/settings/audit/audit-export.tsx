import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../../client/api';
import { download, FILES, type FileKind, fileOf } from '../../../client/download';
import { Button } from '../../../parts/button';
import { ProblemNote } from '../../../parts/problem-note';

/** All that the filters find, as a file. */
export function AuditExport({ filters }: { filters: Record<string, string> }) {
  const { t } = useTranslation('settings');
  const saving = useMutation({
    mutationFn: (kind: FileKind) => {
      const query = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
      return download(api.GET('/v1/audit', { params: { query }, ...fileOf(kind) }), `audit.${kind}`);
    },
  });
  return (
    <>
      {(Object.keys(FILES) as FileKind[]).map((kind) => (
        <Button key={kind} busy={saving.isPending && saving.variables === kind} onClick={() => saving.mutate(kind)}>
          {t(`export.${kind}`)}
        </Button>
      ))}
      {saving.error && <ProblemNote error={saving.error} />}
    </>
  );
}
