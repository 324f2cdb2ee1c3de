import { Lanes } from '../../embedded/lanes';

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
  for (const [n, job] of jobs.entries()) lanes.run(n === 3 ? 'otp' : 'marketing', job.run);
  expect(lanes.waiting).toBe(3);
  for (const job of jobs) job.end();
  await turn();
  expect(begun).toEqual(['marketing 1', 'otp', 'marketing 2', 'marketing 3']);
});

test('no more than the limit are under way at once', async () => {
  const lanes = new Lanes(2);
  const begun: string[] = [];
  const jobs = ['a', 'b', 'c'].map((name) => work(name, begun));
  for (const job of jobs) lanes.run('alert', job.run);
  expect(begun).toEqual(['a', 'b']);
  jobs[0]?.end();
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('draining forgets what waits and resolves when what is under way has ended', async () => {
  const lanes = new Lanes(1);
  const begun: string[] = [];
  const first = work('first', begun);
  lanes.run('otp', first.run);
  lanes.run('otp', work('never', begun).run);
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
