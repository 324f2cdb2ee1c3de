import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = ['schemas', 'core', 'workflows'];

/**
 * Bundles the workflow for Temporal's workers into dist/workflows.js, once: a worker that bundles by itself takes
 * seconds at each start. Nothing is done where the sources are those of the bundle that stands.
 */
export async function buildWorkflows() {
  const file = join(root, 'dist', 'workflows.js');
  const mark = `// ${fingerprint()}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8').startsWith(mark)) return;
  const { bundleWorkflowCode } = (await import('@temporalio/worker')).default;
  const logger = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'invocation.ts'),
    workflowInterceptorModules: INTERCEPTORS.map((path) => join(root, path)),
    // Nothing in our modules belongs to one run: evaluated once, and not for each of them.
    preloadModules: ['workflows/invocation.ts', ...INTERCEPTORS].map((path) => join(root, path)),
    logger,
  });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, mark + code);
  renameSync(`${file}.${process.pid}`, file);
}

const INTERCEPTORS = ['workflows/tracing.ts'];

/** Of everything that goes into the bundle. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const files = readdirSync(join(root, room), { recursive: true }).filter((name) => name.endsWith('.ts'));
    for (const name of files.sort()) hash.update(name).update(readFileSync(join(root, room, name)));
  }
  return hash
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex');
}
