import { setTimeout as pause } from 'node:timers/promises';
import { EngineUnavailable } from '../../core/engine';
import { ENDS, type FaultHouse, openFaultHouse, receiptFor } from './fault-house';
import { publishInHouse } from './run-in-house';
import type { ServerProcess, serverProcesses } from './server-process';

export interface Outage {
  /** Takes the Temporal server away. */
  begin(): Promise<void>;
  lengthMs: number;
  /** Brings it back; resolves once it is there. */
  end(): Promise<void>;
}

export interface OutageReport {
  /** Runs that were taken, over all. */
  ids: string[];
  /** Runs that waited for a receipt, which came while the server was away. */
  waiting: string[];
  /** `retryAfterSeconds` 0: another error than that the engine is away. */
  refusals: { retryAfterSeconds: number; tookMs: number }[];
  /** How long the log took for the receipts that came meanwhile, and how many waited in it. */
  receipts: { tookMs: number; waited: number };
  /** What a server process answered to one invocation after the other, all under one key. */
  answers: { status: number; retryAfter: number; tookMs: number }[];
  answersAfterwards: number[];
  /** From the server's return until the waiting runs had ended. */
  backAfterMs: number;
}

const SCRIPTS = [
  { sms: 'delivered@200ms', email: 'silent' },
  { sms: 'accept@500ms, delivered@50ms', email: 'silent' },
  { sms: 'undelivered:unreachable@100ms', email: 'accept@200ms, delivered@50ms' },
  { sms: 'silent', email: 'delivered@100ms' },
];
const LOAD = { parallel: 3, everyMs: 150 } as const;
const BEFORE_MS = 2_000;
const AFTER_MS = 2_000;
const BACK_WITHIN_MS = 40_000;

/** The longest that a call is waited for, the client's own last try after that, and what a busy machine adds. */
const QUICK_MS = 10_000;
/** Once it is known that the server is away. */
const AT_ONCE_MS = 1_000;

/** What holds in any outage, as tests. */
export function outagePromises(seen: () => { house: FaultHouse; report: OutageReport }): void {
  test('invocations meanwhile are refused as to be asked again, and soon', () => {
    const { refusals } = seen().report;
    expect(refusals.length).toBeGreaterThan(LOAD.parallel);
    expect(refusals.filter(({ retryAfterSeconds }) => retryAfterSeconds === 0)).toEqual([]);
    expect(Math.max(...refusals.map(({ tookMs }) => tookMs))).toBeLessThan(QUICK_MS);
    const slow = refusals.filter(({ tookMs }) => tookMs > AT_ONCE_MS);
    expect(slow.length).toBeLessThanOrEqual(LOAD.parallel);
  });

  test('over HTTP that is 503 with Retry-After; the same request under the same key is taken afterwards', () => {
    const { answers, answersAfterwards } = seen().report;
    for (const { status, retryAfter } of answers) {
      expect({ status, retryAfter: retryAfter > 0 }).toEqual({ status: 503, retryAfter: true });
    }
    const [first = 0, ...others] = answers.map(({ tookMs }) => tookMs);
    expect(first).toBeLessThan(QUICK_MS);
    expect(Math.max(...others)).toBeLessThan(AT_ONCE_MS);
    expect(answersAfterwards).toContain(202);
  });

  test('receipts that came meanwhile were taken at once, waited in the log, and ended their runs afterwards', async () => {
    const { house, report } = seen();
    expect(report.receipts.tookMs).toBeLessThan(AT_ONCE_MS);
    expect(report.receipts.waited).toBeGreaterThanOrEqual(report.waiting.length);
    for (const id of report.waiting) expect((await house.engine.describe(id))?.status).toBe('succeeded');
    expect(await house.log.read('onward.receipts.dead', 0, 0, 10)).toEqual([]);
  });

  test('every run that was taken ends once, as its workflow says, and no attempt was sent twice', async () => {
    const { house, report } = seen();
    expect(report.ids.length).toBeGreaterThan(2 * report.waiting.length);
    expect(await house.complaints(report.ids)).toEqual([]);
  }, 90_000);
}

/** A namespace of its own: nobody works for what is asked there. */
export const ASKED_OVER_HTTP = 'asked-over-http';

export interface Besieged {
  house: FaultHouse;
  /** A process of its own, on the same Temporal server and on other files. */
  server: ServerProcess;
}

/** A house with a worker, and beside it a server process; both on the Temporal server at that address. */
export async function besieged(
  address: string,
  dataFolder: string,
  startProcess: ReturnType<typeof serverProcesses>,
): Promise<Besieged> {
  const house = await openFaultHouse({ address, sendTimeoutSeconds: 2 });
  await house.addWorker();
  const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: ASKED_OVER_HTTP };
  const server = await startProcess({ dataFolder, args: ['--role', 'api'], env });
  return { house, server: await server.ready() };
}

/** Load before, during and after; receipts and HTTP requests meanwhile. */
export async function through(outage: Outage, { house, server }: Besieged): Promise<OutageReport> {
  const busy = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 1 });
  const patient = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 600 });
  const waiting = await house.startRuns(patient, 20, () => ({ sms: 'silent' }));
  await house.untilTold(waiting, ['AttemptAccepted'], 20_000);

  let stopped = false;
  const scriptsOf = (n: number) => SCRIPTS[n % SCRIPTS.length] as (typeof SCRIPTS)[number];
  const load = house.startUntil(busy, { ...LOAD, stopped: () => stopped, scriptsOf });
  await pause(BEFORE_MS);
  await outage.begin();
  const overAt = Date.now() + outage.lengthMs;
  const [receipts, answers] = await Promise.all([handIn(house, waiting), askAgainAndAgain(server, 4)]);
  await pause(Math.max(overAt - Date.now(), 0));
  await outage.end();
  const backAt = Date.now();
  await house.untilTold(waiting, ENDS, BACK_WITHIN_MS);
  const backAfterMs = Date.now() - backAt;
  await pause(AFTER_MS);
  stopped = true;
  const { ids, refusals } = await load;
  return {
    ids: [...ids, ...waiting],
    waiting,
    refusals: refusals.map(({ error, tookMs }) => ({
      retryAfterSeconds: error instanceof EngineUnavailable ? error.retryAfterSeconds : 0,
      tookMs,
    })),
    receipts,
    answers,
    answersAfterwards: await untilTaken(server),
    backAfterMs,
  };
}

async function handIn(house: FaultHouse, ids: readonly string[]): Promise<OutageReport['receipts']> {
  await pause(500);
  const startedAt = Date.now();
  await house.api.intake.accept(ids.map((id) => receiptFor(id, 'sms')));
  const tookMs = Date.now() - startedAt;
  await pause(500);
  const lag = (await house.log.lag()).find(({ topic }) => topic === 'onward.receipts');
  return { tookMs, waited: lag?.records ?? 0 };
}

async function askAgainAndAgain(server: ServerProcess, times: number): Promise<OutageReport['answers']> {
  const answers: OutageReport['answers'] = [];
  for (let n = 0; n < times; n++) {
    const startedAt = Date.now();
    const response = await ask(server);
    const tookMs = Date.now() - startedAt;
    answers.push({ status: response.status, retryAfter: Number(response.headers.get('retry-after')), tookMs });
  }
  return answers;
}

/** As a client does that heeds Retry-After: the same request, the same key. */
async function untilTaken(server: ServerProcess): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < 5 && !statuses.includes(202)) {
    const response = await ask(server);
    statuses.push(response.status);
    if (response.status !== 202) await pause(1000 * Number(response.headers.get('retry-after')));
  }
  return statuses;
}

async function ask(server: ServerProcess): Promise<Response> {
  const response = await fetch(`${server.url}/v1/workflows/wf_otp/invocations`, {
    method: 'POST',
    headers: { 'api-key': server.testKey, 'content-type': 'application/json', 'idempotency-key': 'in the outage' },
    body: JSON.stringify({ recipient: { phone: '+393351234567' }, variables: { code: '493021' } }),
  });
  await response.body?.cancel();
  return response;
}
