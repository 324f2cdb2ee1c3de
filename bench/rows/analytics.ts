import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { hashKey } from '../../api/auth';
import { createServer } from '../../api/server';
import { compose } from '../../cli/house/house';
import type { Store } from '../../store/contract';
import { createSqliteViews } from '../../store/sqlite/views';
import { ms, p50p99, whole } from '../amounts';
import { definitionOf, FLOW_NAMES, writeMonth } from '../analytics/month-of-rollups';
import { type Spread, spreadOf } from '../load/percentile';
import type { Bench, Line, Row } from '../row';
import { throwawayFolder } from '../throwaway-folder';

const GOAL_MS = 100;
const RUNS = { quick: 50_000, full: 1_000_000 } as const;
const ASKED = { quick: 10, full: 100 } as const;
const KEY = 'live_owner-key-of-the-benchmark';
const SILENT = { info() {}, warn() {}, error() {} };

const RANGE = 'from=2026-10-01&to=2026-10-30&mode=test';
const QUERIES: readonly [what: string, query: string][] = [
  ['in total', ''],
  ['by day in Europe/Rome', '&by=day&timezone=Europe/Rome'],
  ['by day in Asia/Kathmandu', '&by=day&timezone=Asia/Kathmandu'],
  ['by country', '&by=country'],
];

/** The month’s rollups of 10,000,000 events, asked over HTTP as an analyst asks. */
export async function analytics(bench: Bench): Promise<Row> {
  const runs = bench.options.quick ? RUNS.quick : RUNS.full;
  const folder = throwawayFolder(bench.options.dataParent);
  const house = await compose({
    ...{ dataFolder: folder.path, secret: 'a secret for the benchmark alone', publicUrl: 'http://127.0.0.1:1' },
    ...{ env: {}, sendTimeoutSeconds: 10, version: 'bench', engine: 'elsewhere', logger: SILENT },
    ...{ links: { kafka: null, mongo: null }, adapters: { engine: 'embedded' } },
  });
  const server = createServer(house.api);
  try {
    bench.say('analytics: writing the rollups of a month');
    const { events, seconds } = await fill(house.store, join(folder.path, 'views.db'), runs);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/analytics`;
    const lines = await ask(bench, url);
    return {
      row: 'analytics',
      title: `Analytics: a month of ${whole(runs)} runs (${whole(events)} events), 5 flows, 5 countries, on SQLite`,
      lines,
      notes: [
        `Over HTTP, the key checked, one after the other. The rollups were written by the projection’s own writer in ${seconds.toFixed(0)} s, from made-up counts instead of events. The goal is for each query’s p99.`,
      ],
    };
  } finally {
    server.closeAllConnections();
    server.close();
    await house.close();
    await folder.remove();
  }
}

async function fill(store: Store, viewsFile: string, runs: number): Promise<{ events: number; seconds: number }> {
  const now = Date.now();
  const owner = { id: 'key_1', name: 'owner', role: 'owner', mode: 'live', hint: 'mark', createdAt: now } as const;
  await store.keys.create(owner, hashKey(KEY));
  const ids: string[] = [];
  for (const name of FLOW_NAMES) {
    const flow = await store.flows.create(definitionOf(name), `wf_${name}`, now);
    if (typeof flow === 'string') throw new Error(flow);
    await store.flows.publish(flow.id, definitionOf(name), null, now);
    ids.push(flow.id);
  }
  const views = createSqliteViews(viewsFile);
  const startedAt = performance.now();
  const events = await writeMonth(views, ids, runs);
  await views.close();
  return { events, seconds: (performance.now() - startedAt) / 1000 };
}

async function ask(bench: Bench, url: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const report of ['funnel', 'latency', 'cost']) {
    for (const [of, flow] of [
      ['one flow', '&flow=wf_otp'],
      ['all flows', ''],
    ] as const) {
      for (const [what, query] of QUERIES) {
        bench.say(`analytics: ${report}, ${of}, ${what}`);
        const spread = await timed(`${url}/${report}?${RANGE}${flow}${query}`, bench.options.quick);
        lines.push(lineOf(`${report}, ${of}, ${what}`, spread));
      }
    }
  }
  return lines;
}

async function timed(url: string, quick: boolean): Promise<Spread> {
  const times: number[] = [];
  const warm = 3;
  for (let n = 0; n < warm + (quick ? ASKED.quick : ASKED.full); n++) {
    const startedAt = performance.now();
    const answer = await fetch(url, { headers: { authorization: `Bearer ${KEY}` } });
    const body = await answer.text();
    if (n >= warm) times.push(performance.now() - startedAt);
    if (answer.status !== 200 || body.length < 200) throw new Error(`${answer.status} ${body.slice(0, 200)}`);
  }
  return spreadOf(times);
}

function lineOf(what: string, spread: Spread): Line {
  return {
    what,
    value: p50p99(spread),
    result: ms(spread.p99),
    goal: `< ${ms(GOAL_MS)}`,
    met: spread.p99 < GOAL_MS,
    figures: { p50Ms: spread.p50, p99Ms: spread.p99, mostMs: spread.max, asked: spread.count },
  };
}
