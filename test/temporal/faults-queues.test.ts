import { ENDS, type FaultHouse, openFaultHouse } from '../support/fault-house';
import { publishInHouse } from '../support/run-in-house';
import { describeWithTemporal } from '../support/temporal-server';

const RATE = 10;
const scripts = () => ({ sms: 'delivered@20ms' });

describeWithTemporal('sends that wait for their turn', (server) => {
  let house: FaultHouse;

  beforeAll(async () => {
    house = await openFaultHouse({ address: server.address });
    await house.addWorker({ ONWARD_SEND_RATES: `sandbox=${RATE}` });
  }, 60_000);

  afterAll(() => house.remove());

  const flow = (purpose: 'otp' | 'marketing') =>
    publishInHouse(house, { steps: ['sms'], timeoutSeconds: 60, purpose, more: { requireConsent: false } });

  /** When the provider got each message; by run, in the order of time. */
  async function sentOrder(ids: readonly string[]): Promise<{ id: string; at: number }[]> {
    const messages = await Promise.all(ids.map((id) => house.api.sandbox.messages(id)));
    return messages
      .flat()
      .map(({ invocationId, receivedAt }) => ({ id: invocationId, at: receivedAt }))
      .sort((a, b) => a.at - b.at);
  }

  test('a one-time password passes a backlog of marketing', async () => {
    const [marketing, otp] = await Promise.all([flow('marketing'), flow('otp')]);
    const backlog = await house.startRuns(marketing, 100, scripts);
    await house.untilTold(backlog.slice(0, 5), ENDS, 20_000);
    const [password = ''] = await house.startRuns(otp, 1, scripts);
    await house.untilTold([...backlog, password], ENDS, 30_000);
    // From when it was asked for: how long a busy machine takes until then is no matter of the queue.
    const asked = house.told(password).find(({ type }) => type === 'AttemptRequested');
    const askedAt = Date.parse(String(asked?.at));
    const after = (await sentOrder([...backlog, password])).filter(({ at }) => at >= askedAt);
    expect(after.length).toBeGreaterThan(40);
    // First come, first served would make it the last one; a busy machine takes a moment until it stands in the queue.
    expect(after.findIndex(({ id }) => id === password)).toBeLessThan(after.length / 2);
    expect(await house.complaints([...backlog, password])).toEqual([]);
  }, 60_000);

  test('a flow with a long queue does not starve another of the same purpose', async () => {
    const [long, short] = await Promise.all([flow('marketing'), flow('marketing')]);
    const many = await house.startRuns(long, 60, scripts);
    const invokedAt = Date.now();
    const few = await house.startRuns(short, 5, scripts);
    await house.untilTold([...many, ...few], ENDS, 30_000);
    const after = (await sentOrder([...many, ...few])).filter(({ at }) => at >= invokedAt).map(({ id }) => id);
    const places = few.map((id) => after.indexOf(id));
    expect(after.length).toBeGreaterThan(30);
    const meanPlace = places.reduce((sum, place) => sum + place, 0) / places.length;
    // First come, first served would make them the last ones.
    expect(meanPlace).toBeLessThan(after.length / 2);
  }, 60_000);

  test('one that is cancelled before its turn is not sent', async () => {
    const ladder = await flow('marketing');
    const ids = await house.startRuns(ladder, 60, (n) => ({ sms: n < 50 ? 'delivered@20ms' : 'silent' }));
    const last = ids.slice(-10);
    const cancelledAt = new Map<string, number>();
    const cancel = async (id: string) => {
      const outcome = await house.engine.cancel(id);
      cancelledAt.set(id, Date.now());
      return outcome;
    };
    expect(await Promise.all(last.map(cancel))).toEqual(last.map(() => 'done'));
    await house.untilTold(ids, ENDS, 30_000);
    expect(await house.complaints(ids)).toEqual([]);
    // On a busy machine one or another may have had its turn before it could be cancelled.
    const sent = await sentOrder(last);
    expect(sent.length).toBeLessThan(last.length / 2);
    expect(sent.filter(({ id, at }) => at > (cancelledAt.get(id) ?? 0))).toEqual([]);
    for (const id of last) expect((await house.engine.describe(id))?.status).toBe('cancelled');
  }, 60_000);
});
