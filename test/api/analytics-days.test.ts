import { join } from 'node:path';
import type { Ladder } from '../../core/ladder';
import type { EventRecord } from '../../schemas/event';
import type { Contribution } from '../../store/contract';
import { createSqliteViews } from '../../store/sqlite/views';
import { asLogged, projectorOver, publishSample } from '../support/projected-runs';
import { random } from '../support/random';
import { fallbackRun, recordsOf } from '../support/sample-runs';
import { type ApiUnderTest, expectProblem, must, pointers, startApi } from './api-under-test';

const DAY_MS = 86_400_000;
const RUNS = 300;
/** Europe leaves and enters daylight saving time within them. */
const WEEKS = { spring: Date.parse('2026-03-26T12:00:00Z'), autumn: Date.parse('2026-10-22T12:00:00Z') } as const;
const ZONES = ['UTC', 'Europe/Rome', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Chatham'];

let api: ApiUnderTest;
let ladder: Ladder;
const begins: number[] = [];

/** Runs that begin at any time of two weeks, many of them within minutes of some zone's midnight. */
beforeAll(async () => {
  api = await startApi();
  ladder = await publishSample(api.house.store, 'Days', 'wf_days', WEEKS.spring);
  const next = random(11);
  const records: EventRecord[] = [];
  for (const week of Object.values(WEEKS)) {
    for (let n = 0; n < RUNS; n++) {
      const quarter = 15 * 60_000;
      const at = week + Math.floor(next() * 6 * DAY_MS);
      const near = at - (at % quarter) + Math.floor((next() - 0.5) * 120_000);
      const began = n % 2 ? at : near;
      // The first event comes a tenth of a second after.
      begins.push(began + 100);
      records.push(...fallbackRun(`inv_${begins.length}`, ladder, began));
    }
  }
  await fold(records, [ladder]);
}, 30_000);
afterAll(() => api.close());

async function fold(records: readonly EventRecord[], ladders: readonly Ladder[], partition = 0): Promise<void> {
  const views = createSqliteViews(join(api.house.folder, 'views.db'));
  const { store } = api.house;
  await projectorOver(views, store, ladders, (address) => address).project(asLogged(records, partition));
  await views.close();
}

const found = async (query: string) => (await must(api.call('GET', `/v1/analytics/${query}`), 200)).body;
interface Group {
  day: string;
  hour: string;
  invocations: { accepted: number };
}

/** What a clock on the wall of that zone would have counted. */
function byClock(zone: string, from: string, to: string): Record<string, number> {
  const clock = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const days: Record<string, number> = {};
  for (const at of begins) {
    const day = clock.format(at);
    if (day >= from && day <= to) days[day] = (days[day] ?? 0) + 1;
  }
  return days;
}

test.each(ZONES)('days in %s are exact, over both changes of the clock', async (zone) => {
  for (const [from, to] of [
    ['2026-03-25', '2026-04-02'],
    ['2026-10-21', '2026-10-29'],
  ] as const) {
    const query = `from=${from}&to=${to}&timezone=${zone}&mode=test`;
    const { groups, invocations } = await found(`funnel?flow=wf_days&by=day&${query}`);
    const counted = Object.fromEntries(groups.map(({ day, invocations }: Group) => [day, invocations.accepted]));
    const truth = byClock(zone, from, to);
    expect(counted).toEqual(truth);
    expect(invocations.accepted).toBe(Object.values(truth).reduce((sum, count) => sum + count, 0));
    // Each day asked for alone, as from and to.
    for (const [day, count] of Object.entries(truth).slice(0, 3)) {
      const alone = await found(`funnel?from=${day}&to=${day}&timezone=${zone}&mode=test`);
      expect([day, alone.invocations.accepted]).toEqual([day, count]);
    }
  }
});

test('an answer of more groups than anybody reads is refused before it is made', async () => {
  const views = createSqliteViews(join(api.house.folder, 'views.db'));
  const from = Date.parse('2026-08-01T00:00:00Z');
  const contributions = Array.from(
    { length: 31 * 24 * 4 },
    (_, n): Contribution => ({
      position: n + 1,
      key: {
        ...{ mode: 'test', flowId: ladder.flowId, flowVersion: 1, step: '', channel: '' },
        ...{ country: ['IT', 'NP', 'IN', 'BR'][n % 4] ?? '', hour: from + Math.floor(n / 4) * 3_600_000 },
      },
      counts: { accepted: 1 },
    }),
  );
  const position = contributions.length;
  await views.write({ partition: 7, position, created: [], runs: [], messages: [], contributions });
  await views.close();
  const range = 'from=2026-08-01&to=2026-08-31&mode=test';
  const answer = await api.call('GET', `/v1/analytics/funnel?by=hour,country&${range}`);
  expectProblem(answer, 422);
  expect(pointers(answer)).toEqual(['/query/by']);
  expect((await found(`funnel?by=hour&${range}`)).groups).toHaveLength(31 * 24);
});

test('hours are those of UTC', async () => {
  const { groups } = await found('funnel?by=hour&from=2026-03-28&to=2026-03-30&timezone=Asia/Kathmandu&mode=test');
  const [from, to] = [Date.parse('2026-03-27T18:15:00Z'), Date.parse('2026-03-30T18:15:00Z')];
  const truth: Record<string, number> = {};
  for (const at of begins.filter((one) => one >= from && one < to)) {
    const hour = new Date(at - (at % 3_600_000)).toISOString();
    truth[hour] = (truth[hour] ?? 0) + 1;
  }
  expect(Object.fromEntries(groups.map(({ hour, invocations }: Group) => [hour, invocations.accepted]))).toEqual(truth);
});

test('flows in two currencies are told apart, and never added up', async () => {
  const definition = {
    ...{ name: 'Dollars', workflowId: 'wf_usd', purpose: 'alert' },
    budget: { maxCostMicros: 90_000, currency: 'USD', onExceeded: 'skip_step' },
    steps: [{ name: 'sms', channel: 'sms', template: 'tpl_sms', timeoutSeconds: 60 }],
  };
  const template = { id: 'tpl_sms', name: 'sms', channel: 'sms', content: { text: 'Hello' } };
  await must(api.call('POST', '/v1/templates', { body: template }), 201);
  await must(api.call('POST', '/v1/flows', { body: definition }), 201);
  await must(api.call('POST', '/v1/flows/wf_usd/publish', { body: {} }), 200);
  const flow = await api.house.store.flows.get('wf_usd');
  const dollars: Ladder = {
    ...ladder,
    ...{ flowId: flow?.id ?? '', workflowId: 'wf_usd', currency: 'USD' },
    rungs: ladder.rungs.slice(1).map((rung) => ({ ...rung, index: 0 })),
    indexByName: new Map([['sms', 0]]),
  };
  const at = Date.parse('2026-07-01T10:00:00Z');
  const sms = { step: 'sms', attempt: 1 } as const;
  const runs = recordsOf('inv_usd', dollars, at, [
    [
      { type: 'InvocationStarted', costs: [7_000] },
      { type: 'StepStarted', step: 'sms' },
      { type: 'AttemptRequested', ...sms, provider: 'sandbox' },
      { type: 'AttemptAccepted', ...sms, costMicros: 7_000 },
    ],
  ]);
  await fold([...runs, ...fallbackRun('inv_eur', ladder, at)], [ladder, dollars], 1);

  const range = 'from=2026-07-01&to=2026-07-01&mode=test';
  const { currencies } = await found(`cost?${range}`);
  expect(currencies).toMatchObject([
    { currency: 'EUR', invocations: 1, costMicros: 71_000, countries: [{ country: null, costMicros: 71_000 }] },
    {
      ...{ currency: 'USD', invocations: 1, costMicros: 7_000 },
      allAtOnce: { invocations: 1, costMicros: 7_000, otherwiseMicros: 7_000, savedMicros: 0 },
      steps: [{ step: 'sms', attempted: 1, costMicros: 7_000 }],
    },
  ]);
  const { steps, invocations } = await found(`funnel?${range}`);
  const rows = steps.map((step: Record<string, unknown>) => [step.step, step.currency, step.costMicros]);
  expect(rows).toHaveLength(3);
  expect(rows).toEqual(
    expect.arrayContaining([
      ['whatsapp', 'EUR', 35_500],
      ['sms', 'EUR', 35_500],
      ['sms', 'USD', 7_000],
    ]),
  );
  expect(invocations.accepted).toBe(2);
  // Where nothing is told in money they are one.
  const { steps: failures } = await found(`failures?${range}`);
  expect(failures.filter(({ step }: { step: string }) => step === 'sms')).toMatchObject([{ attempted: 2 }]);
  const { groups } = await found(`funnel?${range}&by=purpose`);
  expect(groups.map(({ purpose }: { purpose: string }) => purpose)).toEqual(['alert', 'otp']);
});
