import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Every check there is, each with its time; none stops the others. The last line is `N passed, N failed, N skipped`:
 * jest's tests, and one for each static check. Arguments are given to jest. With REQUIRE_SERVERS=1 a skipped test
 * is a failed one.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_MS = 30 * 60_000;

const CHECKS = [
  ['types', 'typescript/bin/tsc', ['-p', '.']],
  ['types of the pages', 'typescript/bin/tsc', ['-p', 'console']],
  ['lint and format', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']],
  ['arrows', 'dependency-cruiser/bin/dependency-cruise.mjs', ['--config', '.dependency-cruiser.js', '.']],
  ['unused code', 'knip/bin/knip.js', []],
];

/** Many processes at work, a browser, or an order that holds only where things 100 ms apart do not meet: see runTests. */
const ALONE = ['/test/cluster/', '/test/console/', '/scenarios[.]test[.]ts$'];

let stopped = false;
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

for (const [name, file, args] of CHECKS) {
  const ok = (await step(name, file, args)) === 0;
  total[ok ? 'passed' : 'failed'] += 1;
  if (!ok) failures.push(name);
}
await findTemporal();
const servers = await startServers();
await runTests().finally(() => servers.stop());

if (failures.length > 0) console.log(`Failed: ${failures.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/**
 * Once and before the tests, as it may take minutes: what is found is handed to all of them. Where nothing is, they say
 * so themselves.
 */
async function findTemporal() {
  console.log('── Temporal CLI');
  const { findTemporalCli } = createRequire(import.meta.url)('../dist/temporal-cli.js');
  const cli = await findTemporalCli((line) => console.log(line));
  if (cli !== null) process.env.ONWARD_TEMPORAL_CLI = cli;
  console.log(`── Temporal CLI: ${cli ?? 'none'}`);
}

/** Kafka and MongoDB, one of each for all tests: where they are is handed on likewise. They end with this process. */
async function startServers() {
  console.log('── Kafka and MongoDB');
  const { startSharedServers } = createRequire(import.meta.url)('../dist/test-servers.js');
  const shared = await startSharedServers((line) => console.log(line));
  Object.assign(process.env, shared.env);
  const { ONWARD_KAFKA_LIBS: kafka = 'none', ONWARD_MONGO_SERVER: mongo = 'none' } = shared.env;
  console.log(`── Kafka: ${kafka}; MongoDB: ${mongo}`);
  return shared;
}

/** Arguments say which tests: then they are all of one run. */
async function runTests() {
  const given = process.argv.slice(2);
  if (given.length > 0) return runJest('tests', given);
  await runJest('tests', ['--testPathIgnorePatterns', ...ALONE]);
  // One file at a time, and nobody else who counts milliseconds.
  if (!stopped) await runJest('tests that need the machine to themselves', ['--runInBand', ...ALONE]);
}

async function runJest(name, given) {
  const folder = mkdtempSync(join(tmpdir(), 'onward-test-'));
  const output = join(folder, 'jest.json');
  try {
    const args = ['--json', `--outputFile=${output}`, ...given];
    const status = await step(name, 'jest/bin/jest.js', args);
    count(name, readResults(output), status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(name, results, status) {
  // A test file that does not even load has no failed test of its own.
  let failed = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 1;
  let skipped = results ? results.numPendingTests + results.numTodoTests : 0;
  if (process.env.REQUIRE_SERVERS === '1') {
    if (skipped > 0) console.log(`REQUIRE_SERVERS=1: ${skipped} skipped tests count as failed.`);
    failed += skipped;
    skipped = 0;
  }
  // Jest's own complaint, such as a path that matches no test.
  if (status !== 0 && failed === 0) failed = 1;
  total.passed += results ? results.numPassedTests : 0;
  total.failed += failed;
  total.skipped += skipped;
  if (failed > 0) failures.push(name);
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Runs one package's program with this Node and resolves with its exit status; 1 where it was killed. */
async function step(name, file, args) {
  console.log(`── ${name}`);
  const started = Date.now();
  const status = await runProgram(join(root, 'node_modules', file), args);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`── ${name}: ${status === 0 ? 'ok' : `failed (status ${status})`}, ${seconds} s`);
  return status;
}

function runProgram(program, args) {
  // Jest prints its results as JSON to stdout even when it also writes them to a file.
  const stdio = ['inherit', args[0] === '--json' ? 'ignore' : 'inherit', 'inherit'];
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio });
  const patience = setTimeout(() => {
    console.log(`Given up after ${LIMIT_MS / 60_000} minutes.`);
    child.kill('SIGKILL');
  }, LIMIT_MS);
  const stop = (signal) => {
    stopped = true;
    child.kill(signal);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (status) => resolve(status ?? 1));
  }).finally(() => {
    clearTimeout(patience);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  });
}
