import { writeFileSync } from 'node:fs';
import { leaveNothing } from './leaving';
import { machineFacts } from './machine';
import { type BenchOptions, readOptions, USAGE } from './options';
import { profile } from './profile';
import type { Bench, Measure, Row } from './row';
import { advance } from './rows/advance';
import { analytics } from './rows/analytics';
import { callbacks } from './rows/callbacks';
import { core } from './rows/core';
import { exportRow } from './rows/export';
import { growth } from './rows/growth';
import { invokeRoute } from './rows/invoke-route';
import { memory } from './rows/memory';
import { oneInFlight } from './rows/one-in-flight';
import { projection } from './rows/projection';
import { search } from './rows/search';
import { throughput } from './rows/throughput';
import { serve } from './servers/serve';
import { drawMachine, drawRows } from './table';

const ROWS: Record<string, Measure> = {
  core,
  invoke: invokeRoute,
  projection,
  search,
  callbacks,
  analytics,
  throughput,
  latency: oneInFlight,
  advance,
  memory,
  growth,
  export: exportRow,
  // Loaded when it is their turn: the other rows are measured without the servers' packages in the process.
  'first-load': async (bench) => (await import('./rows/first-load')).firstLoad(bench),
  temporal: async (bench) => (await import('./rows/temporal')).temporal(bench),
  'temporal-cost': async (bench) => (await import('./rows/temporal-cost')).temporalCost(bench),
  'temporal-open': async (bench) => (await import('./rows/temporal-open')).temporalOpen(bench),
  cluster: async (bench) => (await import('./rows/cluster')).cluster(bench),
  'cluster-receipts': async (bench) => (await import('./rows/cluster-receipts')).clusterReceipts(bench),
  'cluster-projection': async (bench) => (await import('./rows/cluster-projection')).clusterProjection(bench),
  'cluster-append': async (bench) => (await import('./rows/cluster-append')).clusterAppend(bench),
};

/** `npm run bench`: status 0 when everything was measured, whether or not the goals are met; 1 when a row failed. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) return complain(USAGE, 0);
  let options: BenchOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    return complain(`${sentenceOf(error)}\n${USAGE}`, 2);
  }
  const unknown = (options.only ?? []).filter((name) => !Object.hasOwn(ROWS, name));
  if (unknown.length > 0) return complain(`There is no row ${unknown.join(', ')}: ${Object.keys(ROWS).join(', ')}.`, 2);
  const bench: Bench = { options, say: (progress) => console.error(`… ${progress}`) };
  const machine = await machineFacts(options.dataParent);
  console.log(drawMachine(machine));
  if (options.profile) return complain(await profile(bench), 0);
  const { rows, failed } = await measure(rowsNamed(options.only), bench);
  console.log(`\n${drawRows(rows)}`);
  if (options.quick) console.log('\n--quick: trials too short to be quoted.');
  if (options.jsonFile)
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine, quick: options.quick, rows }, null, 2)}\n`);
  for (const sentence of failed) console.error(sentence);
  return failed.length > 0 ? 1 : 0;
}

/** `temporal` names the rows `temporal-…` too, and `cluster` those of its own. */
function rowsNamed(only: readonly string[] | null): string[] {
  const all = Object.keys(ROWS);
  if (only === null) return all;
  return all.filter((row) => only.some((name) => row === name || row.startsWith(`${name}-`)));
}

/** A row that fails leaves the others their turn. */
async function measure(names: readonly string[], bench: Bench): Promise<{ rows: Row[]; failed: string[] }> {
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const name of names) {
    try {
      const row = await ROWS[name]?.(bench);
      if (row) rows.push(row);
    } catch (error) {
      failed.push(`FAILED, the row ${name}: ${sentenceOf(error)}`);
    }
  }
  return { rows, failed };
}

function complain(text: string, status: number): number {
  console.log(text);
  return status;
}

function sentenceOf(error: unknown): string {
  const details = (error as { details?: string[] }).details ?? [];
  return [error instanceof Error ? error.message : String(error), ...details].join('\n');
}

async function run(): Promise<void> {
  const [verb, which = '', address = ''] = process.argv.slice(2);
  // Loaded only here: the load generator does without Temporal's worker.
  if (verb === 'serve' && which === 'temporal-peer') return (await import('./temporal-peer/worker')).servePeer(address);
  if (verb === 'serve') return serve(which);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void leaveNothing().then(() => process.exit(130)));
  }
  const status = await main(process.argv.slice(2)).finally(leaveNothing);
  process.exit(status);
}

void run();
