import { setTimeout as pause } from 'node:timers/promises';
import type { Ladder } from '../../core/ladder';
import { consumeReceipts } from '../../receipts/consume';
import { createReferences } from '../../receipts/reference';
import type { KeptReceipt } from '../../store/contract';
import { prepareTemplates } from '../scenarios/run-in-house';
import { HOUSE_SECRET, openHouse, type TestHouse } from '../support/house';
import { publishInHouse, startInHouse, untilEnded, untilState } from '../support/run-in-house';

const UNKNOWN = 'inv_00000000000000000000000000';
const HOUR_MS = 3_600_000;

let house: TestHouse;
let ladder: Ladder;
let laterMs: number;
let stop: () => Promise<void>;

beforeEach(async () => {
  laterMs = 0;
  house = await openHouse();
  await prepareTemplates(house);
  ladder = await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 60 });
  await house.embedded?.recover();
  await consume();
});

afterEach(async () => {
  await stop();
  await house.remove();
});

async function consume(): Promise<void> {
  const consumer = await consumeReceipts({
    log: house.log,
    engine: house.engine,
    store: house.api.store,
    references: createReferences(HOUSE_SECRET),
    known: { until: async () => Date.now() + laterMs },
    clock: () => Date.now() + laterMs,
    onFault: (message) => void house.faults.push(message),
  });
  stop = consumer.stop;
}

async function acceptedRun(id?: string): Promise<string> {
  const started = await startInHouse(house, ladder, { id, sandbox: { whatsapp: 'silent', sms: 'silent' } });
  await untilState(house, started, ({ steps }) => steps[0]?.attempts[0]?.send === 'accepted');
  return started;
}

const write = (value: object) =>
  house.log.append('onward.receipts', [{ key: 'some-producer', value: JSON.stringify(value) }]);

async function kept(id: string, count: number): Promise<KeptReceipt[]> {
  for (let tries = 0; tries < 300; tries++) {
    const found = await house.api.store.receipts.of(id);
    if (found.length >= count) return found;
    await pause(10);
  }
  throw new Error(`${count} receipts were not kept within 3 s`);
}

test('every receipt of a run is kept as it came, also the second of two equal ones and one that changes nothing', async () => {
  const id = await acceptedRun();
  const receipts = [
    { invocationId: id, step: 0, status: 'sent', raw: { to: '+393351234567' } },
    { invocationId: id, step: 0, status: 'delivered' },
    { invocationId: id, step: 0, status: 'delivered' },
    { invocationId: id, step: 0, status: 'sent', code: 'after the delivery' },
  ];
  for (const receipt of receipts) await write(receipt);
  await untilEnded(house, id);
  const found = await kept(id, 4);
  expect(found.map(({ receipt }) => JSON.parse(receipt))).toEqual(receipts);
  expect(found.map(({ id: name }) => name)).toEqual([1, 2, 3, 4].map((position) => `onward.receipts/0/${position}`));
  expect(Math.abs(Date.now() - (found[0]?.takenAt ?? 0))).toBeLessThan(60_000);
});

test('a record that is handed over again after a crash is kept once', async () => {
  const id = await acceptedRun();
  await write({ invocationId: id, step: 0, status: 'sent' });
  await kept(id, 1);
  await stop();
  house.group.db.prepare("DELETE FROM offsets WHERE topic = 'onward.receipts'").run();
  await consume();
  await write({ invocationId: id, step: 0, status: 'delivered' });
  await untilEnded(house, id);
  expect((await kept(id, 2)).map(({ receipt }) => JSON.parse(receipt).status)).toEqual(['sent', 'delivered']);
});

test('a parked one is kept once its run is known, by the name of the record in which it came', async () => {
  await write({ invocationId: UNKNOWN, step: 'whatsapp', status: 'delivered' });
  while ((await house.api.store.parked.count()) === 0) await pause(10);
  expect(await house.api.store.receipts.of(UNKNOWN)).toEqual([]);
  await startInHouse(house, ladder, { id: UNKNOWN, sandbox: { whatsapp: 'silent' } });
  laterMs = HOUR_MS;
  await untilEnded(house, UNKNOWN);
  expect(await kept(UNKNOWN, 1)).toMatchObject([{ id: 'onward.receipts/0/1', invocationId: UNKNOWN }]);
});

test('one that no run can be found for is not kept', async () => {
  const id = await acceptedRun();
  await write({ invocationId: id, step: 7, status: 'delivered' });
  await write({ invocationId: id, step: 0, status: 'delivered' });
  await untilEnded(house, id);
  expect(await kept(id, 1)).toHaveLength(1);
});

test('it shares the commit of what it led to: where that could not be written, neither is there', async () => {
  const id = await acceptedRun();
  let fails = true;
  house.group.onWritten(() => {
    house.group.write(() => {
      if (!fails) return;
      fails = false;
      throw new Error('disk full');
    });
  });
  await expect(write({ invocationId: id, step: 0, status: 'delivered' })).rejects.toThrow('disk full');
  expect(await house.api.store.receipts.of(id)).toEqual([]);
  expect((await house.engine.history(id, 0)).some(({ type }) => type === 'ReceiptRecorded')).toBe(false);
});
