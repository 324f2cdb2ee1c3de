import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';
import { buildWorkflows } from './build-workflows.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const ENTRIES = {
  onward: 'cli/onward.ts',
  'events-thread': 'cli/events-thread.ts',
  'parquet-thread': 'api/parquet-thread.ts',
  worker: 'worker.ts',
  'temporal-cli': 'temporal/dev-server-cli.ts',
  'test-servers': 'test/servers/shared.ts',
  bench: 'bench/main.ts',
};

/** Bundles our own code into dist/, packages stay in node_modules. Throws, with esbuild's lines printed, on an error. */
export async function build() {
  const esbuild = await import('esbuild');
  const entries = Object.entries(ENTRIES).filter(([, file]) => existsSync(join(root, file)));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(entries),
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    sourcemap: 'linked',
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  });
  // Else esbuild's own process stays for as long as the server runs.
  await esbuild.stop();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().catch(() => process.exit(1));
  await buildConsole();
  await buildWorkflows();
}
