import { ENDS, type FaultHouse, openFaultHouse } from '../support/fault-house';
import { forAll } from '../support/load';
import { publishInHouse, startInHouse } from '../support/run-in-house';
import { describeWithTemporal } from '../support/temporal-server';

const RUNS = 1_000;
const TIMEOUT_MS = 1_000;
const EITHER_SIDE_MS = 50;
/** Open at once: as many as one server on a small machine carries, however slow it is. */
const OPEN_RUNS = 40;
/** How far the receipts that race are moved by each that won or lost. */
const MOVE_MS = 10;

/** A receipt up to that long before the moment, or after it; all of it evenly. */
const aroundMs = (n: number) => (n % (2 * EITHER_SIDE_MS + 1)) - EITHER_SIDE_MS;

const TITLE = `${RUNS} runs whose receipt comes within ${EITHER_SIDE_MS} ms either side of the deadline`;

describeWithTemporal(TITLE, (server) => {
  let house: FaultHouse;
  const ids: string[] = [];
  /** How long after its deadline a run that has timed out hears of it, by what came of those that raced. */
  let lagMs = 0;

  beforeAll(async () => {
    house = await openFaultHouse({ address: server.address, sendTimeoutSeconds: 30 });
    const ladder = await publishInHouse(house, { steps: ['sms'], timeoutSeconds: TIMEOUT_MS / 1000 });
    await house.addWorker();
    const numbers = Array.from({ length: RUNS }, (_, n) => n);
    await forAll(numbers, OPEN_RUNS, async (n) => {
      // Half of them around the deadline itself, half around the time at which it is heard of: there the two race, and
      // however slow the machine is, about as many win as lose.
      const races = n % 2 === 1;
      const afterMs = TIMEOUT_MS + (races ? lagMs : 0) + aroundMs(n);
      const id = await startInHouse(house, ladder, { sandbox: { sms: `delivered@${afterMs}ms` } });
      ids.push(id);
      await house.untilTold([id], ENDS, 30_000);
      if (races) lagMs += isInTime(id) ? MOVE_MS : -MOVE_MS;
    });
  }, 180_000);

  afterAll(() => house.remove());

  function isInTime(id: string): boolean {
    return house.told(id).some(({ type }) => type === 'InvocationSucceeded');
  }

  test('end once each, and the log has what the workflow came to', async () => {
    expect(ids).toHaveLength(RUNS);
    expect(await house.complaints(ids)).toEqual([]);
  }, 60_000);

  test('keep each receipt: before the end it decides, after it, it is recorded as late', async () => {
    await house.untilTold(ids, ['ReceiptRecorded', 'LateReceiptRecorded'], 20_000);
    const counts = { inTime: 0, late: 0 };
    for (const id of ids) {
      const types = [...new Set(house.told(id).map(({ type }) => type))];
      const inTime = isInTime(id);
      counts[inTime ? 'inTime' : 'late']++;
      const last = inTime
        ? ['ReceiptRecorded', 'StepSucceeded', 'InvocationSucceeded']
        : ['StepTimedOut', 'InvocationFailed', 'LateReceiptRecorded'];
      expect(types).toEqual(['InvocationStarted', 'StepStarted', 'AttemptRequested', 'AttemptAccepted', ...last]);
    }
    // The test has looked at both sides.
    expect(Math.min(counts.inTime, counts.late)).toBeGreaterThan(RUNS / 20);
    expect(await house.log.read('onward.receipts.dead', 0, 0, 10)).toEqual([]);
  }, 60_000);
});
