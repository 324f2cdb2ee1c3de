import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

const USAGE = 'Usage: node scripts/run.mjs start|start:temporal|worker|test|demo|bench [arguments]';

/** What `npm start`, `npm run start:temporal`, `npm run worker`, `npm test`, `npm run demo` and `npm run bench` do, on a fresh clone too. */
const root = fileURLToPath(new URL('..', import.meta.url));
const [verb, ...rest] = process.argv.slice(2);
/** Verbs with a program of their own; the others are the command line's. */
const OWN_FILES = ['worker', 'bench'];

requireNode();
if (!['start', 'start:temporal', 'worker', 'test', 'demo', 'bench'].includes(verb)) fail(USAGE, 2);
ensureInstalled(root);
await build().catch(() => fail('The build failed: see the lines above.', 1));
await run();

/**
 * In this very process: a signal to it reaches the server, the server's status is ours, and no child can be left
 * behind. The test run is the exception: it is a script of its own.
 */
async function run() {
  if (verb === 'test') {
    process.argv = [process.execPath, join(root, 'scripts', 'test.mjs'), ...rest];
    await import('./test.mjs');
    return;
  }
  process.setSourceMapsEnabled(true);
  const file = join(root, 'dist', `${OWN_FILES.includes(verb) ? verb : 'onward'}.js`);
  if (!existsSync(file)) fail(`There is no ${verb} here: ${file} was not built.`, 1);
  process.argv = [process.execPath, file, ...(OWN_FILES.includes(verb) ? rest : [verb, ...rest])];
  await import(pathToFileURL(file).href);
}

/** On one machine alone nothing of Temporal is needed: then the bundle for its workers is not made. */
async function build() {
  await (await import('./build.mjs')).build();
  if (verb === 'start' || verb === 'test') await (await import('./build-console.mjs')).buildConsole();
  const needed = verb !== 'demo' && (verb !== 'start' || process.env.TEMPORAL_ADDRESS);
  if (needed) await (await import('./build-workflows.mjs')).buildWorkflows();
}

function requireNode() {
  const range = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
  const [major, minor] = range.replace('>=', '').split('.').map(Number);
  const [hasMajor, hasMinor] = process.versions.node.split('.').map(Number);
  if (hasMajor > major || (hasMajor === major && hasMinor >= minor)) return;
  fail(`Onward needs Node ${major}.${minor} or newer; this is ${process.versions.node}.`, 1);
}

function fail(sentence, status) {
  console.error(sentence);
  process.exit(status);
}
