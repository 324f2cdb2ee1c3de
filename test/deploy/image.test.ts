import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import packageJson from '../../package.json';
import { ROOT } from './compose-file';
import { imageInstructions } from './image-file';

const instructions = imageInstructions();
const of = (name: string) => instructions.filter((one) => one.name === name);
const stages = of('FROM');
const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'));

test('both stages stand on the same pinned Node, on a Debian that has the glibc of Temporal’s core', () => {
  const bases = stages.map(({ rest }) => rest.split(' ')[0]);
  expect(new Set(bases)).toEqual(new Set([expect.stringMatching(/^node:20\.\d+\.\d+-bookworm-slim$/)]));
  const [, minor] = /^>=20\.(\d+)$/.exec(packageJson.engines.node) ?? [];
  expect(Number(bases[0]?.split('.')[1])).toBeGreaterThanOrEqual(Number(minor));
});

test('the image runs as a user without rights, who owns the data folder', () => {
  const own = instructions.filter(({ stage }) => stage === stages.length - 1);
  const at = (name: string) => own.findIndex((one) => one.name === name);
  expect(own[at('USER')]?.rest).toBe('node');
  expect(at('USER')).toBeLessThan(at('CMD'));
  expect(own[at('VOLUME')]?.rest).toBe('/data');
  // A folder that is made after VOLUME, or by nobody, would be root's.
  const made = own.findIndex(({ rest }) =>
    /install --directory --owner=node --group=node --mode=0700 \/data$/.test(rest),
  );
  expect(made).toBeGreaterThan(-1);
  expect(made).toBeLessThan(at('VOLUME'));
  expect(own[at('STOPSIGNAL')]?.rest).toBe('SIGTERM');
  expect(own[at('HEALTHCHECK')]?.rest).toContain('deploy/health.mjs');
});

test('what the image is made of is sent to the build, and nothing secret or made before', () => {
  const copied = of('COPY').flatMap(({ rest }) =>
    rest
      .split(' ')
      .filter((part) => !part.startsWith('--'))
      .slice(0, -1),
  );
  const kept = copied
    .map((path) => path.replace(/^\/app\//, ''))
    .filter((path) => !['.', 'dist', 'node_modules'].includes(path));
  expect(kept.length).toBeGreaterThan(4);
  expect(kept.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect(kept.filter((path) => ignored.includes(path.split('/')[0] ?? ''))).toEqual([]);
  expect(ignored).toEqual(expect.arrayContaining(['node_modules', 'dist', 'data', '.git', '.env', '.env.*']));
});

test('what runs in the image needs no package that is there for development only', () => {
  for (const bundle of ['onward.js', 'worker.js', 'events-thread.js', 'parquet-thread.js']) {
    const text = readFileSync(join(ROOT, 'dist', bundle), 'utf8');
    const names = [...text.matchAll(/\b(?:require|import)\("([^".][^"]*)"\)/g)].map(([, name = '']) => name);
    const packages = names
      .filter((name) => !isBuiltin(name))
      .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.filter((name) => !(name in packageJson.dependencies))).toEqual([]);
  }
});
