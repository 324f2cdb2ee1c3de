import { setTimeout as pause } from 'node:timers/promises';
import { startThrowaway, type Throwaway } from '../../cli/throwaway';
import type { ExportDataset, ExportFormat } from '../../schemas/export';
import { megabytes, ms, perSecond, whole } from '../amounts';
import { untilLeft } from '../leaving';
import { fillFolder, SECRET } from '../projection/on-sqlite';
import type { Bench, Line, Row } from '../row';
import { rssBytes } from '../rss';
import { throwawayFolder } from '../throwaway-folder';

const RUNS = { quick: [2_000, 20_000], full: [50_000, 500_000] } as const;
const CASES: readonly (readonly [ExportDataset, ExportFormat])[] = [
  ['invocations', 'ndjson'],
  ['invocations', 'csv'],
  ['invocations', 'parquet'],
  ['attempts', 'parquet'],
  ['events', 'ndjson'],
];
const SETTLE_MS = 3_000;
const LOOK_EVERY_MS = 50;
/** Of ten times as many rows: what a collector of garbage and a file's cache take is not the same twice. */
const FLAT_WITHIN_BYTES = 60e6;

interface Trial {
  rows: number;
  bytes: number;
  seconds: number;
  rssBefore: number;
  rssPeak: number;
  /** The longest that a request for /healthz waited meanwhile. */
  longestWaitMs: number;
}

/** Exports of a folder of runs through the real server, and of one ten times as large: is the memory the same? */
export async function exportRow(bench: Bench): Promise<Row> {
  const trials = new Map<string, Trial[]>();
  for (const runs of bench.options.quick ? RUNS.quick : RUNS.full) {
    const folder = throwawayFolder(bench.options.dataParent);
    try {
      const say = (progress: string) => bench.say(`export, ${whole(runs)} runs: ${progress}`);
      const { events } = await fillFolder(folder.path, runs, say);
      for (const [dataset, format] of CASES) {
        say(`${dataset} as ${format}`);
        const trial = await measured(folder.path, dataset, format, dataset === 'events' ? events : runs);
        const name = `${dataset}, ${format}`;
        trials.set(name, [...(trials.get(name) ?? []), trial]);
      }
    } finally {
      await folder.remove();
    }
  }
  return {
    row: 'export',
    title: 'Exports over HTTP from files, one client, nothing else under way',
    lines: [...trials].flatMap(([name, [small, large]]) => (small && large ? linesOf(name, small, large) : [])),
    notes: [
      'A server of its own for each, just started; the client counts bytes on the same machine. Runs of one step. Peak memory is the resident set, looked at every 50 ms, less that before.',
    ],
  };
}

async function measured(
  dataFolder: string,
  dataset: ExportDataset,
  format: ExportFormat,
  rows: number,
): Promise<Trial> {
  const server = await startThrowaway({ dataFolder, env: { ONWARD_SECRET: SECRET } });
  const stop = untilLeft(async () => void (await server.stop()));
  try {
    await pause(SETTLE_MS);
    const rssBefore = rssBytes(server.pid);
    const watch = watchServer(server);
    const startedAt = performance.now();
    const bytes = await download(server, `/v1/exports/${dataset}?mode=test&format=${format}`);
    const seconds = (performance.now() - startedAt) / 1000;
    return { rows, bytes, seconds, rssBefore, ...(await watch.stop()) };
  } finally {
    await stop();
  }
}

async function download({ url, ownerKey }: Throwaway, path: string): Promise<number> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${ownerKey}` } });
  if (!response.ok || !response.body) throw new Error(`GET ${path} was answered ${response.status}`);
  let bytes = 0;
  for await (const piece of response.body) bytes += piece.byteLength;
  return bytes;
}

/** Its memory, and how long somebody else waits there, until it is stopped. */
function watchServer({ pid, url }: Throwaway) {
  let watching = true;
  let rssPeak = 0;
  let longestWaitMs = 0;
  const look = async () => {
    while (watching) {
      rssPeak = Math.max(rssPeak, rssBytes(pid));
      const askedAt = performance.now();
      await (await fetch(`${url}/healthz`)).arrayBuffer();
      longestWaitMs = Math.max(longestWaitMs, performance.now() - askedAt);
      await pause(LOOK_EVERY_MS);
    }
  };
  const done = look();
  return {
    async stop() {
      watching = false;
      await done;
      return { rssPeak, longestWaitMs };
    },
  };
}

function linesOf(name: string, small: Trial, large: Trial): Line[] {
  const rate = large.rows / large.seconds;
  const grown = (trial: Trial) => trial.rssPeak - trial.rssBefore;
  const more = grown(large) - grown(small);
  return [
    {
      what: name,
      value: `${perSecond(rate)}  ${(large.bytes / 1e6 / large.seconds).toFixed(1)} MB/s, ${(large.bytes / large.rows).toFixed(0)} bytes a row; others waited ${ms(large.longestWaitMs)} at most`,
      result: perSecond(rate),
      figures: { rowsPerSecond: rate, bytesPerSecond: large.bytes / large.seconds, small, large },
    },
    {
      what: `${name}: memory`,
      value: `${whole(small.rows)} rows: ${megabytes(small.rssBefore)} + ${megabytes(grown(small))}, ${whole(large.rows)}: ${megabytes(large.rssBefore)} + ${megabytes(grown(large))}`,
      result: `${more > 0 ? '+' : ''}${megabytes(more)}`,
      goal: `flat, within ${megabytes(FLAT_WITHIN_BYTES)}`,
      met: more <= FLAT_WITHIN_BYTES,
      figures: { moreBytes: more },
    },
  ];
}
