import { lint } from '../core/lint';
import { loadExamples } from '../examples/load';
import { PROVIDER_CATALOG } from '../providers/facts';

test.each(loadExamples())('$folder', (e) => {
  const t = new Map(
    e.templates.map((x) => [x.id, { ...x, status: 'approved' as const, createdAt: '', updatedAt: '' }]),
  );
  const { workflowId, ...def } = e.flow;
  console.log(e.folder, lint(def, { catalog: PROVIDER_CATALOG, templates: t }));
});
