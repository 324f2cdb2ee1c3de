import { Lanes } from '../../embedded/lanes';
import { until } from '../support/until';

const ACCOUNT = { id: 'pac_a', perSecond: null };

/** Work that ends when it is told to. */
function work(name: string, begun: string[]) {
  let end: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = () => {
    begun.push(name);
    return done;
  };
  return { run, end: () => end() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a one-time password passes a backlog of marketing', async () => {
  const lanes = new Lanes(1);
  const begun: string[] = [];
  const jobs = ['marketing 1', 'marketing 2', 'marketing 3', 'otp'].map((name) => work(name, begun));
  for (const [n, job] of jobs.entries()) lanes.run(n === 3 ? 'otp' : 'marketing', ACCOUNT, job.run);
  expect(lanes.waiting).toBe(3);
  for (const job of jobs) job.end();
  await turn();
  expect(begun).toEqual(['marketing 1', 'otp', 'marketing 2', 'marketing 3']);
});

test('no more than the limit are under way at once', async () => {
  const lanes = new Lanes(2);
  const begun: string[] = [];
  const jobs = ['a', 'b', 'c'].map((name) => work(name, begun));
  for (const job of jobs) lanes.run('alert', ACCOUNT, job.run);
  expect(begun).toEqual(['a', 'b']);
  jobs[0]?.end();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('draining forgets what waits and resolves when what is under way has ended', async () => {
  const lanes = new Lanes(1);
  const begun: string[] = [];
  const first = work('first', begun);
  lanes.run('otp', ACCOUNT, first.run);
  lanes.run('otp', ACCOUNT, work('never', begun).run);
  let drained = false;
  const draining = lanes.drain().then(() => {
    drained = true;
  });
  await turn();
  expect(drained).toBe(false);
  first.end();
  await draining;
  expect(begun).toEqual(['first']);
});

test('an account never begins more in a second than its rate, and another account does not wait for it', async () => {
  const lanes = new Lanes(1_000, 500);
  const begun: { account: string; at: number }[] = [];
  const startedAt = performance.now();
  const run = (id: string, perSecond: number | null) =>
    lanes.run('otp', { id, perSecond }, async () => {
      begun.push({ account: id, at: performance.now() - startedAt });
    });
  for (let n = 0; n < 60; n++) run('limited', 50);
  for (let n = 0; n < 60; n++) run('free', null);
  expect(begun.filter(({ account }) => account === 'free')).toHaveLength(60);
  await until(() => begun.length === 120, 'all have begun');
  const limited = begun.filter(({ account }) => account === 'limited').map(({ at }) => at);
  // A tenth more than the rate may fall into any one second: what was saved up for 50 ms.
  const inAnySecond = limited.map((from) => limited.filter((at) => at >= from && at < from + 1_000).length);
  expect(Math.max(...inAnySecond)).toBeLessThanOrEqual(55);
  // 60 at 50 a second: the last one cannot begin before 1.1 s are over.
  expect(limited[59]).toBeGreaterThan(1_100);
});

test('a slow account leaves room for the others', async () => {
  const lanes = new Lanes(3, 2);
  const begun: string[] = [];
  const jobs = ['slow 1', 'slow 2', 'slow 3', 'other'].map((name) => work(name, begun));
  for (const [n, job] of jobs.entries()) {
    lanes.run('otp', { id: n < 3 ? 'pac_slow' : 'pac_other', perSecond: null }, job.run);
  }
  expect(begun).toEqual(['slow 1', 'slow 2', 'other']);
  jobs[0]?.end();
  await turn();
  expect(begun).toEqual(['slow 1', 'slow 2', 'other', 'slow 3']);
});

test('a one-time password passes a backlog that waits for the account’s rate', async () => {
  const lanes = new Lanes(100);
  const begun: string[] = [];
  const account = { id: 'pac_a', perSecond: 100 };
  const run = (purpose: 'marketing' | 'otp') =>
    lanes.run(purpose, account, async () => {
      begun.push(purpose);
    });
  for (let n = 0; n < 10; n++) run('marketing');
  run('otp');
  await until(() => begun.length === 11, 'all have begun');
  expect(begun.indexOf('otp')).toBe(1);
});

test('where all are busy, accounts of one purpose take turns: a backlog of one keeps no other out', async () => {
  const lanes = new Lanes(1);
  const begun: string[] = [];
  const jobs = ['a 1', 'a 2', 'a 3', 'b 1', 'c 1'].map((name) => work(name, begun));
  for (const [n, job] of jobs.entries()) {
    const id = ['pac_a', 'pac_a', 'pac_a', 'pac_b', 'pac_c'][n] ?? '';
    lanes.run('otp', { id, perSecond: null }, job.run);
  }
  for (const job of jobs) {
    job.end();
    await turn();
  }
  expect(begun.indexOf('b 1')).toBeLessThan(begun.indexOf('a 3'));
  expect(begun.indexOf('c 1')).toBeLessThan(begun.indexOf('a 3'));
  expect(begun).toHaveLength(5);
});

test.each([1_000, null])(
  'an account’s new rate, %s a second, holds at once for what waits by the old one',
  async (perSecond) => {
    const lanes = new Lanes(100);
    let begun = 0;
    const run = (rate: number | null) =>
      lanes.run('otp', { id: 'pac_a', perSecond: rate }, async () => {
        begun++;
      });
    // The second one would have to wait for 100 s.
    for (let n = 0; n < 2; n++) run(0.01);
    expect(begun).toBe(1);
    run(perSecond);
    await until(() => begun === 3, 'all have begun');
  },
);
