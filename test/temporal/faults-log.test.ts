import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ENDS, type FaultHouse, openFaultHouse } from '../support/fault-house';
import { publishInHouse } from '../support/run-in-house';
import { describeWithTemporal } from '../support/temporal-server';
import { holdWriteLock } from '../support/write-lock';

const SEND_TIMEOUT_SECONDS = 3;
const SCRIPTS = [
  { sms: 'accept@1s, delivered@100ms', email: 'silent' },
  { sms: 'silent', email: 'delivered@100ms' },
  { sms: 'reject:rate_limited', email: 'accept@500ms, delivered@100ms' },
  { sms: 'delivered@50ms', email: 'silent' },
];

describeWithTemporal('a log that cannot be written for a while', (server) => {
  let house: FaultHouse;

  beforeEach(async () => {
    house = await openFaultHouse({ address: server.address, sendTimeoutSeconds: SEND_TIMEOUT_SECONDS });
  }, 60_000);

  afterEach(() => house.remove());

  test('is waited for: every run goes on afterwards, and the log has all of it', async () => {
    const ladder = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 2 });
    await house.addWorker();
    const ids = await house.startRuns(ladder, 40, (n) => SCRIPTS[n % SCRIPTS.length] as (typeof SCRIPTS)[number]);
    const lock = await holdWriteLock(join(house.folder, 'onward.db'), 15_000);
    const open = ids.filter((id) => !house.told(id).some(({ type }) => ENDS.includes(type as never)));
    expect(open.length).toBeGreaterThan(20);
    await lock.released;
    await house.untilTold(ids, ENDS, 40_000);
    expect(await house.complaints(ids)).toEqual([]);
    expect(await house.log.read('onward.receipts.dead', 0, 0, 10)).toEqual([]);
  }, 90_000);

  test('a send that it held up, and over which then a worker died, is not made again', async () => {
    const ladder = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 1 });
    const worker = await house.addWorker();
    const [id = ''] = await house.startRuns(ladder, 1, () => ({ sms: 'silent', email: 'accept@2s, sent@60s' }));
    await house.untilTold([id], ['AttemptAccepted'], 10_000);
    // Longer than a write waits for it: what led to the email cannot be told, so that the email is put off.
    const lock = await holdWriteLock(join(house.folder, 'onward.db'), 8_000);
    await lock.released;
    while ((await house.api.sandbox.messages(id)).length < 2) await pause(20);
    await worker.kill();
    await house.addWorker();
    await house.untilTold([id], ENDS, 40_000);
    const { events } = await house.client.workflow.getHandle(id).fetchHistory();
    const tries = (events ?? []).map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0);
    // Once for the lock, once to send.
    expect(Math.max(...tries)).toBeGreaterThanOrEqual(2);
    expect(await house.complaints([id])).toEqual([]);
  }, 90_000);
});
