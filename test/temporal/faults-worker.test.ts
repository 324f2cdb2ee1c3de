import { setTimeout as pause } from 'node:timers/promises';
import type { Ladder } from '../../core/ladder';
import { ENDS, type FaultHouse, openFaultHouse, receiptFor } from '../support/fault-house';
import { publishInHouse } from '../support/run-in-house';
import { describeWithTemporal } from '../support/temporal-server';
import type { WorkerProcess } from '../support/worker-process';

const SEND_TIMEOUT_SECONDS = 1;
/** Over the send's own patience: Temporal gives a send that a worker died over to another one then. */
const GIVEN_AGAIN_MS = SEND_TIMEOUT_SECONDS * 1000 + 10_000;

const SCRIPTS = [
  'delivered@200ms',
  'accept@400ms, delivered@50ms',
  'undelivered:unreachable@50ms',
  'early:delivered',
  'silent',
  'reject:rate_limited',
  'hang',
  'delivered@5ms x2',
];

describeWithTemporal('a worker killed', (server) => {
  let house: FaultHouse;
  let patient: Ladder;
  let workers: WorkerProcess[] = [];

  beforeAll(async () => {
    house = await openFaultHouse({ address: server.address, sendTimeoutSeconds: SEND_TIMEOUT_SECONDS });
    patient = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 120 });
  }, 60_000);

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    workers = [];
  });

  afterAll(() => house.remove());

  async function work(): Promise<WorkerProcess> {
    const worker = await house.addWorker();
    workers.push(worker);
    return worker;
  }

  async function waitingRuns(count: number): Promise<string[]> {
    const ids = await house.startRuns(patient, count, () => ({ sms: 'silent' }));
    await house.untilTold(ids, ['AttemptAccepted'], 20_000);
    return ids;
  }

  const delivered = (ids: readonly string[]) => house.api.intake.accept(ids.map((id) => receiptFor(id, 'sms')));

  /** What the machine takes to decide on as many receipts while nothing is wrong: it may be busy with other tests. */
  async function usualMs(): Promise<number> {
    const ids = await waitingRuns(20);
    const from = Date.now();
    await delivered(ids);
    await house.untilTold(ids, ENDS, 10_000);
    return Date.now() - from;
  }

  test('while its runs wait for receipts: another one decides on them within 3 s', async () => {
    const worker = await work();
    const usual = await usualMs();
    const ids = await waitingRuns(20);
    await work();
    await worker.kill();
    const killedAt = Date.now();
    await delivered(ids);
    await house.untilTold(ids, ENDS, 15_000);
    expect(Date.now() - killedAt - usual).toBeLessThan(3_000);
    expect(await house.complaints(ids)).toEqual([]);
  }, 60_000);

  test('and started again: it decides on the receipts that came meanwhile within 3 s of that', async () => {
    const worker = await work();
    const usual = await usualMs();
    const ids = await waitingRuns(20);
    await worker.kill();
    const [startedAt] = await Promise.all([work().then(() => Date.now()), delivered(ids)]);
    await house.untilTold(ids, ENDS, 15_000);
    expect(Date.now() - startedAt - usual).toBeLessThan(3_000);
    expect(await house.complaints(ids)).toEqual([]);
  }, 60_000);

  test('after the provider took a message and before it answered: it is found by a look-up, and not sent again', async () => {
    const ladder = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 1 });
    const worker = await work();
    const scripts = { sms: 'accept@950ms, sent@40s', email: 'delivered@50ms' };
    const ids = await house.startRuns(ladder, 8, () => scripts);
    for (const id of ids) while ((await house.api.sandbox.messages(id)).length === 0) await pause(5);
    await worker.kill();
    expect(ids.filter((id) => house.told(id).some(({ type }) => type === 'AttemptAccepted'))).toEqual([]);
    await work();
    await house.untilTold(ids, ['AttemptAccepted'], GIVEN_AGAIN_MS + 10_000);
    await house.untilTold(ids, ENDS, 10_000);
    expect(await house.complaints(ids)).toEqual([]);
    for (const id of ids) {
      const sent = (await house.api.sandbox.messages(id)).map(({ step }) => step);
      expect(sent).toEqual(['sms', 'email']);
    }
  }, 60_000);

  test('again and again under load: every run ends once, and no attempt is sent twice', async () => {
    const ladder = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 1 });
    await Promise.all([work(), work()]);
    let stopped = false;
    const scriptsOf = (n: number) => ({
      sms: SCRIPTS[n % SCRIPTS.length] as string,
      email: 'accept@100ms, delivered@50ms',
    });
    const load = house.startUntil(ladder, { parallel: 3, everyMs: 150, stopped: () => stopped, scriptsOf });
    for (let kill = 0; kill < 5; kill++) {
      await pause(900 + 170 * kill);
      await workers.shift()?.kill();
      await work();
    }
    stopped = true;
    const { ids, refusals } = await load;
    expect(refusals).toEqual([]);
    // What a worker has died over is given to another one after up to 30 s, and it may be more than one thing of a run.
    await house.untilTold(ids, ENDS, 90_000);
    expect(await house.complaints(ids)).toEqual([]);
    expect(await house.log.read('onward.receipts.dead', 0, 0, 10)).toEqual([]);
  }, 180_000);
});
