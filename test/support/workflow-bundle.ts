import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

const ROOT = join(__dirname, '..', '..');
/** Of the house, what goes into the bundle. */
const ROOMS = ['schemas', 'core', 'workflows'];

/** One place in the sources, written otherwise. */
export interface Change {
  /** From the package's root. */
  file: string;
  from: string;
  to: string;
}

/** The workflow as the sources have it now, whatever stands in dist/; with `change`, as they would have it then. */
export async function bundleWorkflow(change?: Change): Promise<string> {
  if (!change) return bundleAt(ROOT);
  const folder = mkdtempSync(join(tmpdir(), 'onward-changed-'));
  try {
    for (const room of ROOMS) cpSync(join(ROOT, room), join(folder, room), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const file = join(folder, change.file);
    const source = readFileSync(file, 'utf8');
    const changed = source.replace(change.from, change.to);
    if (changed === source) throw new Error(`${change.file} no longer has “${change.from}”`);
    writeFileSync(file, changed);
    return await bundleAt(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundleAt(folder: string): Promise<string> {
  const quiet = () => {};
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'workflows', 'invocation.ts'),
    workflowInterceptorModules: [join(folder, 'workflows', 'tracing.ts')],
    logger,
  });
  return code;
}
