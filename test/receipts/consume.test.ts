import { setTimeout as pause } from 'node:timers/promises';
import { composeProjector } from '../../cli/house/projection';
import type { Ladder } from '../../core/ladder';
import { type ConsumeDeps, consumeReceipts } from '../../receipts/consume';
import { createReferences } from '../../receipts/reference';
import { prepareTemplates } from '../scenarios/run-in-house';
import { HOUSE_SECRET, openHouse, type TestHouse } from '../support/house';
import { publishInHouse, startInHouse, untilEnded, untilState } from '../support/run-in-house';

const UNKNOWN = 'inv_00000000000000000000000000';
const HOUR_MS = 3_600_000;
const references = createReferences(HOUSE_SECRET);

let house: TestHouse;
let ladder: Ladder;
let consumer: { stop(): Promise<void> } | null = null;
/** What the consumer takes for the time is this much later than it is. */
let laterMs = 0;

beforeEach(async () => {
  laterMs = 0;
  house = await openHouse();
  await prepareTemplates(house);
  ladder = await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 60 });
  await house.embedded?.recover();
});

afterEach(async () => {
  await consumer?.stop();
  consumer = null;
  await house.remove();
});

/** A consumer whose clock can be put forward. */
async function consume(over: Partial<ConsumeDeps> = {}): Promise<void> {
  consumer = await consumeReceipts({
    log: house.log,
    engine: house.engine,
    store: house.api.store,
    references,
    known: { until: async () => Date.now() + laterMs },
    clock: () => Date.now() + laterMs,
    onFault: (message) => void house.faults.push(message),
    ...over,
  });
}

const silentRun = (id?: string) => startInHouse(house, ladder, { id, sandbox: { whatsapp: 'silent', sms: 'silent' } });

async function until<T>(look: () => Promise<T | null | false>): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const found = await look();
    if (found !== null && found !== false) return found;
    await pause(10);
  }
  throw new Error('it did not come to that within 5 s');
}

interface Dead {
  cause: string;
  source: Record<string, unknown>;
  at: string;
  value: string;
}

/** The first dead letter, once there is one. */
function deadLetter(): Promise<Dead & { key: string }> {
  return until(async () => {
    const [record] = await house.log.read('onward.receipts.dead', 0, 0, 10);
    return record ? { ...(JSON.parse(record.value) as Dead), key: record.key } : null;
  });
}

const write = (value: string, key = 'some-producer') => house.log.append('onward.receipts', [{ key, value }]);

describe('a receipt that can be joined to its run', () => {
  test.each<[string, (id: string) => object]>([
    ['by its reference', (id) => ({ ref: references.sign({ invocationId: id, step: 0, attempt: 1 }) })],
    ['by the number of its step', (id) => ({ invocationId: id, step: 0 })],
    ['by the name of its step', (id) => ({ invocationId: id, step: 'whatsapp' })],
    ['by step and attempt', (id) => ({ invocationId: id, step: 'whatsapp', attempt: 1 })],
  ])('%s ends it', async (_title, name) => {
    await consume();
    const id = await silentRun();
    await untilState(house, id, ({ steps }) => steps[0]?.attempts[0]?.send === 'accepted');
    await write(JSON.stringify({ ...name(id), status: 'delivered' }));
    expect(await untilEnded(house, id)).toMatchObject({ status: 'succeeded', reachedStep: 0 });
    expect(await house.log.read('onward.receipts.dead', 0, 0, 1)).toEqual([]);
  });

  test('by provider and message ID alone, once the read model knows the message', async () => {
    await consume();
    const id = await silentRun();
    const { steps } = await untilState(house, id, (state) => state.steps[0]?.attempts[0]?.send === 'accepted');
    const providerMessageId = steps[0]?.attempts[0]?.providerMessageId;
    await write(JSON.stringify({ provider: 'sandbox', providerMessageId, status: 'delivered' }));
    await until(async () => (await house.api.store.parked.count()) === 1);
    const report = (_: unknown, cause: Error) => void house.faults.push(cause.message);
    const projector = await composeProjector({ dataFolder: house.folder, secret: HOUSE_SECRET, report });
    await projector.step();
    await projector.close();
    laterMs = HOUR_MS;
    expect(await untilEnded(house, id)).toMatchObject({ status: 'succeeded', reachedStep: 0 });
    expect(house.faults).toEqual([]);
  });
});

describe('a receipt for a run that is not known', () => {
  test('is parked, and taken once the run is known', async () => {
    await consume();
    await write(JSON.stringify({ invocationId: UNKNOWN, step: 'whatsapp', status: 'delivered' }));
    await until(async () => (await house.api.store.parked.count()) === 1);
    await silentRun(UNKNOWN);
    laterMs = HOUR_MS;
    expect(await untilEnded(house, UNKNOWN)).toMatchObject({ status: 'succeeded', reachedStep: 0 });
    await until(async () => (await house.api.store.parked.count()) === 0);
    expect(await house.log.read('onward.receipts.dead', 0, 0, 1)).toEqual([]);
  });

  test('is not given up while the read models do not know what happened since', async () => {
    let knownUntil = 0;
    await consume({ known: { until: async () => knownUntil } });
    await write(JSON.stringify({ invocationId: UNKNOWN, step: 7, status: 'delivered' }));
    const parked = async () => (await house.api.store.parked.due(Number.MAX_SAFE_INTEGER, 1))[0];
    const last = await until(async () => {
      laterMs += HOUR_MS;
      const entry = await parked();
      return entry?.tries === 5 ? entry : null;
    });
    laterMs += HOUR_MS;
    const again = await until(async () => {
      const entry = await parked();
      return entry && entry.dueAt > last.dueAt ? entry : null;
    });
    expect(again.tries).toBe(5);
    expect(await house.log.read('onward.receipts.dead', 0, 0, 1)).toEqual([]);
    knownUntil = again.dueAt;
    laterMs += HOUR_MS;
    expect(await deadLetter()).toMatchObject({ cause: 'no invocation or message by that name' });
  });

  test('is a dead letter with its cause after its last try, and not before', async () => {
    await consume();
    const value = JSON.stringify({ invocationId: UNKNOWN, step: 7, status: 'delivered' });
    await write(value);
    await until(async () => (await house.api.store.parked.count()) === 1);
    await pause(300);
    expect(await house.log.read('onward.receipts.dead', 0, 0, 1)).toEqual([]);
    const tries = until(async () => {
      laterMs += HOUR_MS;
      return (await house.log.read('onward.receipts.dead', 0, 0, 1)).length > 0;
    });
    await tries;
    expect(await deadLetter()).toMatchObject({
      cause: 'no invocation or message by that name',
      source: { parked: 6 },
      value,
    });
    await until(async () => (await house.api.store.parked.count()) === 0);
  });
});

describe('a record that can never be taken is a dead letter that says why and where it stood', () => {
  const ref = references.sign({ invocationId: UNKNOWN, step: 0, attempt: 1 });
  const forged = ref.replace(/\.0\.1\./, '.0.2.');
  test.each<[string, string, RegExp]>([
    ['that is not JSON', 'delivered!', /^not JSON$/],
    [
      'with a status that there is not',
      JSON.stringify({ invocationId: UNKNOWN, step: 0, status: 'gone' }),
      /^\/status /,
    ],
    ['that names no attempt', JSON.stringify({ status: 'delivered' }), /ref|invocationId|provider/],
    ['whose reference is forged', JSON.stringify({ ref: forged, status: 'delivered' }), /not signed by this Onward/],
  ])('one %s', async (_title, value, cause) => {
    await write(JSON.stringify({ invocationId: UNKNOWN, step: 0, status: 'delivered' }), 'before');
    await write(value);
    const [before, record] = await house.log.read('onward.receipts', 0, 0, 10);
    await consume();
    const dead = await deadLetter();
    expect(dead).toEqual({
      key: 'some-producer',
      cause: expect.stringMatching(cause),
      source: { topic: 'onward.receipts', partition: 0, position: record?.position },
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      value,
    });
    expect(record?.position).toBeGreaterThan(before?.position ?? 0);
    expect(house.faults).toEqual(['a receipt became a dead letter']);
  });
});

test('while the engine is away nothing is dead-lettered, and all of it is taken later', async () => {
  const id = await silentRun();
  await untilState(house, id, ({ steps }) => steps[0]?.attempts[0]?.send === 'accepted');
  let away = true;
  const { engine } = house;
  const fails = () => Promise.reject(new Error('the engine’s server does not answer'));
  await consume({
    engine: new Proxy(engine, {
      get(target, name) {
        if (away && name === 'receive') return fails;
        if (away && name === 'unavailable') return () => 'its server does not answer';
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
  });
  await house.api.store.parked.park(JSON.stringify({ invocationId: id, step: 0, status: 'sent' }), 5, 0, null);
  await write(JSON.stringify({ invocationId: id, step: 0, status: 'delivered' }));
  await until(async () => house.faults.length > 1);
  laterMs = HOUR_MS;
  await pause(600);
  expect(await house.log.read('onward.receipts.dead', 0, 0, 1)).toEqual([]);
  expect(await house.api.store.parked.count()).toBe(1);
  away = false;
  expect(await untilEnded(house, id)).toMatchObject({ status: 'succeeded' });
  await until(async () => (await house.api.store.parked.count()) === 0);
  expect(await house.log.read('onward.receipts.dead', 0, 0, 1)).toEqual([]);
});
