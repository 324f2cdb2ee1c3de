import { setTimeout as pause } from 'node:timers/promises';
import { EngineUnavailable } from '../../core/engine';
import { ENDS, type FaultHouse, receiptFor } from './fault-house';
import { publishInHouse } from './run-in-house';
import type { ServerProcess } from './server-process';

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
  refusals: { unavailable: boolean; retryAfterSeconds: number; tookMs: number }[];
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

/** Load before, during and after; receipts and HTTP requests meanwhile. */
export async function through(outage: Outage, house: FaultHouse, server: ServerProcess): Promise<OutageReport> {
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
      unavailable: error instanceof EngineUnavailable,
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
