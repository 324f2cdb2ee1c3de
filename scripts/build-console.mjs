import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(root, 'dist', 'console');
const MARK = join(OUT, '.made-of');
/** What the pages are made of; the routes, since the client's types are made from them. */
const ROOMS = ['console', 'schemas', 'core', 'api'];
const TYPES = join(root, 'console', 'client', 'openapi.d.ts');

/**
 * Builds the pages into dist/console, each file beside its gzip and Brotli forms. Nothing is done where the sources are
 * those of the pages that stand.
 */
export async function buildConsole() {
  const mark = fingerprint();
  if (existsSync(MARK) && existsSync(TYPES) && readFileSync(MARK, 'utf8') === mark) return;
  console.log('Building the console …');
  const started = Date.now();
  await writeTypes();
  const { build } = await import('vite');
  rmSync(OUT, { recursive: true, force: true });
  await build({ configFile: join(root, 'console', 'vite.config.mts'), logLevel: 'warn' });
  for (const name of readdirSync(OUT, { recursive: true })) {
    if (/[.](html|js|css|svg|json)$/.test(name)) compress(join(OUT, name));
  }
  mkdirSync(OUT, { recursive: true });
  writeFileSync(MARK, mark);
  console.log(`Built the console in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** The types of the client, from the OpenAPI document of the routes as they are. */
async function writeTypes() {
  const esbuild = await import('esbuild');
  const bundled = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['api/openapi-document.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
  });
  await esbuild.stop();
  const module = { exports: {} };
  new Function('module', 'exports', 'require', '__dirname', bundled.outputFiles[0].text)(
    module,
    module.exports,
    createRequire(import.meta.url),
    join(root, 'dist'),
  );
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const nodes = await openapiTS(module.exports.openApiDocument('0'), {
    defaultNonNullable: false,
    // An object of whatever the sender likes, such as an account’s settings, is no object that must be empty.
    emptyObjectsUnknown: true,
  });
  writeFileSync(TYPES, `// Made from the OpenAPI document by scripts/build-console.mjs.\n${astToString(nodes)}`);
}

function compress(file) {
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}

function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const room of ROOMS) {
    const names = readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'openapi.d.ts')
      .map((entry) => join(entry.parentPath, entry.name));
    for (const name of names.sort()) hash.update(name.slice(root.length)).update(readFileSync(name));
  }
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole();
