import { setTimeout as pause } from 'node:timers/promises';
import type { Ladder } from '../../core/ladder';
import { ENDS, type FaultHouse, openFaultHouse } from '../support/fault-house';
import { publishInHouse } from '../support/run-in-house';
import { describeWithTemporal } from '../support/temporal-server';

/** Everything that can be in hand when a worker leaves, by what a run then ends as. */
const MIXED: { sms: string; email: string; status: 'succeeded' | 'failed' }[] = [
  { sms: 'delivered@200ms', email: 'silent', status: 'succeeded' },
  { sms: 'accept@400ms, delivered@50ms', email: 'silent', status: 'succeeded' },
  { sms: 'undelivered:unreachable@100ms', email: 'accept@100ms, delivered@50ms', status: 'succeeded' },
  { sms: 'early:delivered', email: 'silent', status: 'succeeded' },
  { sms: 'reject:rate_limited', email: 'delivered@80ms x2', status: 'succeeded' },
  { sms: 'silent', email: 'failed@300ms', status: 'failed' },
];
const scriptsOf = (n: number) => {
  const { sms, email } = MIXED[n % MIXED.length] as (typeof MIXED)[number];
  return { sms, email };
};

describeWithTemporal('workers come, go and forget', (server) => {
  let house: FaultHouse;
  let ladder: Ladder;

  beforeAll(async () => {
    house = await openFaultHouse({ address: server.address, sendTimeoutSeconds: 2 });
    ladder = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 1 });
  }, 60_000);

  afterAll(() => house.remove());

  const statusesOf = async (ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await house.engine.describe(id))?.status));

  test('one of two is drained under load: it leaves within 10 s with status 0, the other goes on, nothing is lost', async () => {
    const [leaving, staying] = await Promise.all([house.addWorker(), house.addWorker()]);
    let stopped = false;
    const load = house.startUntil(ladder, { parallel: 3, everyMs: 120, stopped: () => stopped, scriptsOf });
    await pause(2_500);
    const askedAt = Date.now();
    const status = await leaving.stop();
    expect({ status, inTime: Date.now() - askedAt < 10_000 }).toEqual({ status: 0, inTime: true });
    await pause(1_500);
    stopped = true;
    const { ids, refusals } = await load;
    expect(refusals).toEqual([]);
    // What the server hands to a worker in the very moment it leaves, comes to another only after 10 to 12 s.
    await house.untilTold(ids, ENDS, 25_000);
    expect(await house.complaints(ids)).toEqual([]);
    // Killed, it would leave polls behind that the server may yet hand a send of the next test to.
    await staying.stop();
  }, 60_000);

  test('one that remembers 2 runs carries 200 open ones, and each ends as it has to', async () => {
    const worker = await house.addWorker({ ONWARD_WORKER_CACHE: '2' });
    const waiting = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 60 });
    const scripts = ['delivered@12s', 'undelivered:unreachable@12s', 'sent@12s, read@13s', 'failed@12s'];
    const emails = ['silent', 'delivered@100ms', 'silent', 'undelivered:unreachable@100ms'];
    const ids = await house.startRuns(waiting, 200, (n) => ({
      sms: scripts[n % 4] as string,
      email: emails[n % 4] as string,
    }));
    await house.untilTold(ids, ENDS, 60_000);
    // On a slow machine the first are through before the last begin; what matters is that far more than two are open.
    expect(mostOpenAtOnce(ids)).toBeGreaterThan(ids.length / 2);
    expect(await house.complaints(ids)).toEqual([]);
    const expected = ids.map((_, n) => (n % 4 === 3 ? 'failed' : 'succeeded'));
    expect(await statusesOf(ids)).toEqual(expected);
    await worker.kill();
  }, 120_000);

  /** Of these runs, which have all ended. */
  function mostOpenAtOnce(ids: readonly string[]): number {
    const spans = ids.map((id) => {
      const events = house.told(id);
      const end = events.find(({ type }) => ENDS.includes(type as never));
      return { from: String(events[0]?.at), to: String(end?.at) };
    });
    return Math.max(...spans.map((one) => spans.filter(({ from, to }) => from <= one.from && one.from < to).length));
  }
});
