import { composeProjector } from '../../cli/house/projection';
import { costSchema, failuresSchema, funnelSchema, latencySchema } from '../../schemas/analytics';
import { validator } from '../../schemas/validate';
import { HOUSE_SECRET } from '../support/house';
import { until } from '../support/until';
import {
  type Answer,
  type ApiUnderTest,
  expectProblem,
  INVOKE,
  must,
  OTP,
  PERSON,
  pointers,
  publishOtp,
  startApi,
} from './api-under-test';

const SEND = 35_500;
const SCHEMAS = { funnel: funnelSchema, latency: latencySchema, cost: costSchema, failures: failuresSchema } as const;
type Report = keyof typeof SCHEMAS;

let api: ApiUnderTest;

/** Seven runs whose end is known, three of them with Italian numbers, and one that is refused. */
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
  const start = async (sandbox: object, phone = '+393351234567') => {
    const body = { ...PERSON, recipient: { phone }, sandbox };
    return (await must(api.call('POST', INVOKE, { body, key: api.keys.test }), 202)).body.id as string;
  };
  const viewOf = async (id: string) => (await api.call('GET', `/v1/invocations/${id}`)).body;
  const delivered = await Promise.all([1, 2, 3].map(() => start({ whatsapp: 'delivered@40ms, read@60ms' })));
  const refused = await Promise.all(
    [1, 2].map(() => start({ whatsapp: 'reject:unreachable', sms: 'delivered@10ms' }, '+447400123456')),
  );
  const late = await start({ whatsapp: 'delivered@1300ms', sms: 'delivered@20ms' }, '+447400123456');
  const cancelled = await start({ whatsapp: 'silent' }, '+9779841234567');
  await must(api.call('POST', `/v1/invocations/${cancelled}/cancel`, { key: api.keys.test }), 200);
  const bad = { ...PERSON, variables: {} };
  await must(api.call('POST', INVOKE, { body: bad, key: api.keys.test }), 422);
  for (const id of [...delivered, ...refused])
    await until(async () => (await viewOf(id)).status === 'succeeded', 'an end');
  await until(async () => (await viewOf(late)).duplicate === true, 'the late receipt');
  for (const id of delivered)
    await until(async () => (await viewOf(id)).attempts[0]?.status === 'read', 'the read receipt');
  await project();
}, 20_000);
afterAll(() => api.close());

async function project(): Promise<void> {
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  while (await projector.step());
  await projector.close();
}

async function ask(report: Report, query: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await api.call('GET', `/v1/analytics/${report}?${query}`, { headers });
  if (answer.status === 200 && headers.accept === undefined) {
    expect(validator(SCHEMAS[report], report)(answer.body)).toMatchObject({ ok: true });
  }
  return answer;
}
const found = async (report: Report, query: string) => (await must(ask(report, query), 200)).body;

describe('the funnel', () => {
  it('says of runs whose end is known what became of them, and of each step, in the ladder’s order', async () => {
    const { invocations, steps, ...echo } = await found('funnel', 'flow=wf_otp&mode=test');
    expect(invocations).toEqual({
      ...{ accepted: 7, rejected: 1, rejectedByReason: { variables_invalid: 1 } },
      ...{ succeeded: 6, failed: 0, cancelled: 1, expired: 0, running: 0, duplicates: 1, late: 1 },
    });
    expect(steps).toEqual([
      {
        ...{ step: 'whatsapp', channel: 'whatsapp', currency: 'EUR' },
        ...{ attempted: 7, accepted: 5, delivered: 3, read: 3, failed: 2, timedOut: 1, skipped: 0 },
        ...{ savedByFallback: 0, lateDelivered: 1, duplicates: 1, costMicros: 5 * SEND, costTwiceMicros: SEND },
        latencyMs: expect.any(Object),
      },
      {
        ...{ step: 'sms', channel: 'sms', currency: 'EUR' },
        ...{ attempted: 3, accepted: 3, delivered: 3, read: 0, failed: 0, timedOut: 0, skipped: 0 },
        ...{ savedByFallback: 3, lateDelivered: 0, duplicates: 0, costMicros: 3 * SEND, costTwiceMicros: 0 },
        latencyMs: expect.any(Object),
      },
    ]);
    // Three of about 40 ms, one of about 1,300.
    expect(steps[0].latencyMs.p50).toBeLessThan(steps[0].latencyMs.p90);
    expect(steps[0].latencyMs.p99).toBeGreaterThan(1_200);
    const flow = (await api.call('GET', '/v1/flows/wf_otp')).body;
    expect(echo).toMatchObject({ flow: flow.id, workflowId: 'wf_otp', version: null, mode: 'test', timezone: 'UTC' });
    expect(Date.parse(echo.to) - Date.parse(echo.from)).toBeGreaterThan(6 * 86_400_000);
  });

  it('takes either ID of the flow, a version, all flows, and shows live by default', async () => {
    const { flow } = await found('funnel', 'flow=wf_otp&mode=test');
    for (const query of [`flow=${flow}&mode=test`, 'mode=test', 'flow=wf_otp&version=1&mode=test']) {
      expect((await found('funnel', query)).invocations.accepted).toBe(7);
    }
    const live = await found('funnel', 'flow=wf_otp');
    expect(live.mode).toBe('live');
    expect(live.invocations).toMatchObject({ accepted: 0, rejected: 0, rejectedByReason: {} });
    expect(live.steps.map(({ step }: { step: string }) => step)).toEqual(['whatsapp', 'sms']);
    expect(live.steps[0].latencyMs).toEqual({ p50: null, p90: null, p95: null, p99: null });
  });

  it('is compared by country, channel, purpose, version, hour and day, and the groups come to the whole', async () => {
    const by = async (grouping: string) => (await found('funnel', `mode=test&by=${grouping}`)).groups;
    const byCountry = await by('country');
    expect(
      byCountry.map((group: { country: string; invocations: { accepted: number } }) => [
        group.country,
        group.invocations.accepted,
      ]),
    ).toEqual([
      ['GB', 3],
      ['IT', 3],
      ['NP', 1],
    ]);
    expect(byCountry[0].invocations.rejected).toBeNull();
    expect(byCountry[0].steps[1]).toMatchObject({ step: 'sms', delivered: 3 });
    const byChannel = await by('channel');
    expect(byChannel).toMatchObject([
      { channel: 'sms', invocations: null, steps: [{ step: 'sms', attempted: 3 }] },
      { channel: 'whatsapp', invocations: null, steps: [{ step: 'whatsapp', attempted: 7 }] },
    ]);
    expect(byChannel.map(({ steps }: { steps: object[] }) => steps.length)).toEqual([1, 1]);
    expect(await by('purpose')).toMatchObject([{ purpose: 'otp', invocations: { accepted: 7, rejected: 1 } }]);
    expect(await by('version')).toMatchObject([{ workflowId: 'wf_otp', version: 1, invocations: { accepted: 7 } }]);
    for (const grouping of ['hour', 'day', 'day,country']) {
      const groups = await by(grouping);
      const sum = groups.reduce(
        (total: number, one: { invocations: { accepted: number } }) => total + one.invocations.accepted,
        0,
      );
      expect([grouping, sum]).toEqual([grouping, 7]);
    }
    expect((await by('day'))[0].day).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect((await by('hour'))[0].hour).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:00:00\.000Z$/);
  });

  it('is a table where CSV is asked for', async () => {
    const { text, headers } = await ask('funnel', 'mode=test&by=country', { accept: 'text/csv' });
    expect(headers.get('content-type')).toContain('text/csv');
    const lines = text.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^country,step,channel,currency,attempted,accepted,.*latencyMs\.p99$/);
    expect(lines).toHaveLength(1 + 3 * 2);
    expect(lines[1]).toMatch(/^GB,whatsapp,whatsapp,EUR,3,1,0,/);
  });
});

describe('the other figures', () => {
  it('latency has percentiles, the histogram that they come from, and the step’s timeout', async () => {
    const { steps } = await found('latency', 'flow=wf_otp&mode=test');
    expect(
      steps.map(({ step, timeoutSeconds, counted }: Record<string, unknown>) => [step, timeoutSeconds, counted]),
    ).toEqual([
      ['whatsapp', 1, 4],
      ['sms', 120, 3],
    ]);
    for (const { histogram, counted } of steps) {
      expect(histogram.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(counted);
      for (const { fromMs, toMs } of histogram) expect(fromMs).toBeLessThan(toMs);
    }
  });

  it('cost says what was paid, and what all at once and SMS only would have cost', async () => {
    const { currencies } = await found('cost', 'flow=wf_otp&mode=test');
    expect(currencies).toEqual([
      {
        ...{ currency: 'EUR', invocations: 7, costMicros: 8 * SEND, costTwiceMicros: SEND },
        allAtOnce: { invocations: 7, costMicros: 8 * SEND, otherwiseMicros: 14 * SEND, savedMicros: 6 * SEND },
        smsOnly: { invocations: 7, costMicros: 8 * SEND, otherwiseMicros: 7 * SEND, savedMicros: -SEND, unknown: 0 },
        steps: [
          { step: 'whatsapp', channel: 'whatsapp', attempted: 7, costMicros: 5 * SEND, costTwiceMicros: SEND },
          { step: 'sms', channel: 'sms', attempted: 3, costMicros: 3 * SEND, costTwiceMicros: 0 },
        ],
        countries: [
          { country: 'GB', costMicros: 4 * SEND, costTwiceMicros: SEND },
          { country: 'IT', costMicros: 3 * SEND, costTwiceMicros: 0 },
          { country: 'NP', costMicros: SEND, costTwiceMicros: 0 },
        ],
      },
    ]);
    const { groups } = await found('cost', 'mode=test&by=channel');
    expect(groups[0].currencies).toMatchObject([{ invocations: null, costMicros: 3 * SEND, allAtOnce: null }]);
  });

  it('failures have each reason with its share', async () => {
    const { steps } = await found('failures', 'flow=wf_otp&mode=test');
    expect(steps[0]).toEqual({
      ...{ step: 'whatsapp', channel: 'whatsapp', attempted: 7, skipped: 0 },
      reasons: [{ reason: 'unreachable', count: 2, share: 0.2857 }],
    });
    const { text } = await ask('failures', 'flow=wf_otp&mode=test', { accept: 'text/csv' });
    expect(text).toBe(
      'step,channel,attempted,skipped,reason,count,share\r\nwhatsapp,whatsapp,7,0,unreachable,2,0.2857\r\n',
    );
  });
});

describe('the query', () => {
  it.each([
    ['flow=wf_none', '/query/flow'],
    ['version=1', '/query/version'],
    ['flow=wf_otp&version=9', '/query/version'],
    ['timezone=Mars/Olympus', '/query/timezone'],
    ['timezone=%2B05:30', '/query/timezone'],
    ['by=planet', '/query/by'],
    ['by=hour,day', '/query/by'],
    ['from=yesterday-or-so', '/query/from'],
    ['from=2026-02-30', '/query/from'],
    ['to=2026-13-01T00:00:00Z', '/query/to'],
    ['from=2026-02-03&to=2026-02-01', '/query/from'],
    ['from=2026-02-03T10:00:00Z&to=2026-02-03T10:00:00Z', '/query/from'],
    ['from=2025-01-01&to=2026-01-01&by=hour', '/query/from'],
    ['from=2020-01-01&to=2026-01-01&by=day', '/query/from'],
    ['colour=red', '/query'],
    ['mode=both', '/query/mode'],
  ])('that is not right is told where, and how to mend it: %s', async (query, pointer) => {
    for (const report of Object.keys(SCHEMAS) as Report[]) {
      const answer = await ask(report, query);
      expectProblem(answer, 422);
      expect(pointers(answer)[0]).toMatch(new RegExp(`^${pointer}`));
    }
  });

  it('is not for keys that only invoke', async () => {
    for (const key of [api.keys.test, api.keys.live, api.keys.gateway]) {
      expectProblem(await api.call('GET', '/v1/analytics/funnel', { key }), 403);
    }
    expectProblem(await api.call('GET', '/v1/analytics/funnel', { key: null }), 401);
  });

  it('takes times and dates in the zone; a date at the end goes through to its end', async () => {
    const rangeOf = async (query: string) => {
      const { from, to } = await found('funnel', query);
      return [from, to];
    };
    expect(await rangeOf('from=2026-03-29&to=2026-03-29&timezone=Europe/Rome')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(await rangeOf('from=2026-10-25&to=2026-10-25&timezone=Europe/Rome')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    expect(await rangeOf('from=2026-05-01&to=2026-05-02&timezone=Asia/Kathmandu')).toEqual([
      '2026-04-30T18:15:00.000Z',
      '2026-05-02T18:15:00.000Z',
    ]);
    // Off the beginning of what is counted: outwards, and told.
    expect(await rangeOf('from=2026-05-01T10:20:00%2B00:00&to=2026-05-01T11:01:00Z')).toEqual([
      '2026-05-01T10:15:00.000Z',
      '2026-05-01T11:15:00.000Z',
    ]);
  });
});

it('a flow that was never invoked has its whole ladder, and nothing in it', async () => {
  const quiet = { ...OTP, name: 'Nobody yet', workflowId: 'wf_quiet' };
  await must(api.call('POST', '/v1/flows', { body: quiet }), 201);
  expect((await found('funnel', 'flow=wf_quiet')).steps).toEqual([]);
  await must(api.call('POST', '/v1/flows/wf_quiet/publish', { body: {} }), 200);
  const { steps } = await found('funnel', 'flow=wf_quiet&by=day');
  expect(steps.map(({ step, attempted }: Record<string, unknown>) => [step, attempted])).toEqual([
    ['whatsapp', 0],
    ['sms', 0],
  ]);
});
