import { setTimeout as pause } from 'node:timers/promises';
import type { Ladder } from '../../core/ladder';
import { createReferences } from '../../receipts/reference';
import { prepareHouse } from '../scenarios/run-in-house';
import { eventLine } from '../scenarios/scenario';
import { HOUSE_SECRET, openHouse, type TestHouse } from '../support/house';
import { publishInHouse, startInHouse, untilEnded, untilState } from '../support/run-in-house';
import { temporaryFolder } from '../support/temporary-folder';

const references = createReferences(HOUSE_SECRET);
const restarted = temporaryFolder();

let house: TestHouse;
let ladder: Ladder;

beforeAll(async () => {
  house = await openHouse({ sendTimeoutSeconds: 1 });
  await prepareHouse(house);
  ladder = await publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 1 });
});

afterAll(() => house.remove());

interface Played {
  id: string;
  /** The run's events after `AttemptRequested`, in order, as far as they speak of the provider. */
  told: string[];
  /** What the sandbox received, as `step#attempt address`. */
  sent: string[];
  /** The statuses of its receipts, as the log has them. */
  receipts: string[];
}

const OF_THE_PROVIDER = /^(Attempt(?!Requested)|ReceiptRecorded|LateReceiptRecorded|StepTimedOut)/;

let numbers = 1000;
/** Each its own: a refused address is suppressed for all. */
const newPhone = () => `+39335${numbers++}9999`;

/** One run of one step to its end, and until what the script has in store has come. */
async function play(script: string | null, phone = newPhone(), settleMs = 150): Promise<Played> {
  const sandbox: Record<string, string> = script === null ? {} : { whatsapp: script };
  const id = await startInHouse(house, ladder, { recipient: { phone }, sandbox });
  await untilEnded(house, id);
  await pause(settleMs);
  return look(id);
}

async function look(id: string): Promise<Played> {
  const kept = await house.api.store.receipts.of(id);
  return {
    id,
    told: (await house.engine.history(id, 0)).map(eventLine).filter((line) => OF_THE_PROVIDER.test(line)),
    sent: (await house.api.sandbox.messages(id)).map(({ step, attempt, to }) => `${step}#${attempt} ${to}`),
    receipts: kept.map(({ receipt }) => (JSON.parse(receipt) as { status: string }).status),
  };
}

test.concurrent.each<[string, string | null, { told: string[]; receipts: string[]; sent?: string[] }]>([
  [
    'without a script it delivers',
    null,
    { told: ['AttemptAccepted whatsapp', 'ReceiptRecorded whatsapp delivered'], receipts: ['delivered'] },
  ],
  [
    'reject: the send is refused with that reason, and no receipt comes',
    'reject:invalid_address',
    { told: ['AttemptRejected whatsapp invalid_address'], receipts: [] },
  ],
  [
    'hang: no answer, so that it is uncertain',
    'hang',
    { told: ['AttemptUncertain whatsapp', 'StepTimedOut whatsapp'], receipts: [] },
  ],
  [
    'silent: accepted, and no receipt ever',
    'silent',
    { told: ['AttemptAccepted whatsapp', 'StepTimedOut whatsapp'], receipts: [] },
  ],
  [
    'a status with a reason',
    'undelivered:unreachable@20ms',
    {
      told: ['AttemptAccepted whatsapp', 'ReceiptRecorded whatsapp undelivered unreachable'],
      receipts: ['undelivered'],
    },
  ],
  [
    'items are played in the order of their delays',
    'delivered@150ms, accepted@20ms, sent@80ms',
    {
      told: [
        'AttemptAccepted whatsapp',
        'ReceiptRecorded whatsapp accepted',
        'ReceiptRecorded whatsapp sent',
        'ReceiptRecorded whatsapp delivered',
      ],
      receipts: ['accepted', 'sent', 'delivered'],
    },
  ],
  [
    'x2: two receipts come, one is recorded',
    'delivered@50ms x2',
    { told: ['AttemptAccepted whatsapp', 'ReceiptRecorded whatsapp delivered'], receipts: ['delivered', 'delivered'] },
  ],
  [
    'early: the receipt comes before the answer, which is recorded after it',
    'early:delivered',
    { told: ['ReceiptRecorded whatsapp delivered', 'AttemptAccepted whatsapp'], receipts: ['delivered'] },
  ],
  [
    'early twice',
    'early:sent x2, delivered@50ms',
    {
      told: ['ReceiptRecorded whatsapp sent', 'AttemptAccepted whatsapp', 'ReceiptRecorded whatsapp delivered'],
      receipts: ['sent', 'sent', 'delivered'],
    },
  ],
  [
    'hang with a receipt, which proves that it has the message',
    'hang, delivered@100ms',
    { told: ['ReceiptRecorded whatsapp delivered', 'AttemptAccepted whatsapp'], receipts: ['delivered'] },
  ],
])('%s', async (_title, script, expected) => {
  const settleMs = script?.startsWith('hang,') ? 1_100 : 150;
  const phone = newPhone();
  const { told, receipts, sent } = await play(script, phone, settleMs);
  expect({ told, receipts, sent }).toEqual({ ...expected, sent: [`whatsapp#1 ${phone}`] });
});

test.concurrent.each<[string, string, { told: string[]; receipts: string[] }]>([
  [
    '0001',
    'delivered',
    { told: ['AttemptAccepted whatsapp', 'ReceiptRecorded whatsapp delivered'], receipts: ['delivered'] },
  ],
  [
    '0002',
    'undelivered: unreachable',
    {
      told: ['AttemptAccepted whatsapp', 'ReceiptRecorded whatsapp undelivered unreachable'],
      receipts: ['undelivered'],
    },
  ],
  ['0003', 'silent', { told: ['AttemptAccepted whatsapp', 'StepTimedOut whatsapp'], receipts: [] }],
  ['0004', 'refused: invalid address', { told: ['AttemptRejected whatsapp invalid_address'], receipts: [] }],
  [
    '0005',
    'delivered 2 s after the deadline',
    {
      told: ['AttemptAccepted whatsapp', 'StepTimedOut whatsapp', 'LateReceiptRecorded whatsapp delivered'],
      receipts: ['delivered'],
    },
  ],
  ['0006', 'no answer', { told: ['AttemptUncertain whatsapp', 'StepTimedOut whatsapp'], receipts: [] }],
])('a number ending in %s: %s', async (ending, _what, expected) => {
  const phone = `+39335123${ending}`;
  const { told, receipts, sent } = await play(null, phone, ending === '0005' ? 2_300 : 150);
  expect({ told, receipts, sent }).toEqual({ ...expected, sent: [`whatsapp#1 ${phone}`] });
});

test('the script is played anew at each attempt: what was refused for now is refused again', async () => {
  const phone = newPhone();
  const { told, receipts, sent } = await play('reject:rate_limited', phone);
  expect(told.slice(0, 2)).toEqual([
    'AttemptRejected whatsapp rate_limited',
    'AttemptRejected whatsapp#2 rate_limited',
  ]);
  expect(sent.slice(0, 2)).toEqual([`whatsapp#1 ${phone}`, `whatsapp#2 ${phone}`]);
  expect(sent).toHaveLength(told.length);
  expect(receipts).toEqual([]);
});

test('accept with a delay: the answer, and with it the step’s clock, begins that much later', async () => {
  const { id } = await play('accept@300ms, delivered@100ms');
  const at = new Map((await house.engine.history(id, 0)).map((event) => [event.type, event.at]));
  const since = (from: 'AttemptRequested' | 'AttemptAccepted', to: 'AttemptAccepted' | 'ReceiptRecorded') =>
    (at.get(to) ?? 0) - (at.get(from) ?? 0);
  expect(since('AttemptRequested', 'AttemptAccepted')).toBeGreaterThanOrEqual(295);
  expect(since('AttemptAccepted', 'ReceiptRecorded')).toBeGreaterThanOrEqual(95);
});

test('what it received is the rendered text, to the one address of the channel', async () => {
  const phone = newPhone();
  const { id } = await play('delivered@1ms', phone);
  expect(await house.api.sandbox.messages(id)).toEqual([
    expect.objectContaining({
      invocationId: id,
      channel: 'whatsapp',
      to: phone,
      template: 'tpl_whatsapp',
      content: { subject: 'Your code', text: 'Your code is 493021.' },
    }),
  ]);
});

describe('asked about a message', () => {
  const ask = (id: string) => {
    const sandbox = house.api.providers.of('sandbox')[0]?.adapter;
    if (!sandbox?.lookup || !sandbox.recall) throw new Error('the sandbox can be asked');
    const ref = references.sign({ invocationId: id, step: 0, attempt: 1 });
    const message = { ref, channel: 'whatsapp', providerMessageId: null } as const;
    return { lookup: () => sandbox.lookup?.(message), recall: () => sandbox.recall?.(message) };
  };
  const startScript = async (script: string) => {
    const id = await startInHouse(house, ladder, { recipient: { phone: newPhone() }, sandbox: { whatsapp: script } });
    await untilState(house, id, ({ steps }) => steps[0]?.attempts[0]?.send !== 'requested');
    return id;
  };

  test('it knows what it accepted, what it refused and what it never got, and hangs where it hung', async () => {
    const ids = await Promise.all(['silent', 'reject:blocked', 'hang'].map(startScript));
    const [accepted = '', refused = '', hung = ''] = ids;
    const [attempt] = (await house.engine.describe(accepted))?.steps[0]?.attempts ?? [];
    const providerMessageId = attempt?.providerMessageId;
    expect(providerMessageId).toMatch(/^sbx_/);
    expect(await ask(accepted).lookup()).toEqual({ known: 'yes', providerMessageId, costMicros: 35_500 });
    expect(await ask(refused).lookup()).toEqual({ known: 'rejected', reason: 'blocked', code: 'sandbox_blocked' });
    expect(await ask(hung).lookup()).toEqual({ known: 'unknown' });
    expect(await ask('inv_00000000000000000000000000').lookup()).toEqual({ known: 'no' });
  });

  test('it takes back what is not delivered yet, and then delivers it no more', async () => {
    const id = await startScript('delivered@300ms');
    expect(await ask(id).recall()).toEqual({ outcome: 'confirmed' });
    await untilEnded(house, id);
    expect((await look(id)).receipts).toEqual([]);
  });

  test('it takes back nothing that was delivered, nor what it never got', async () => {
    const { id } = await play('delivered@1ms');
    expect(await ask(id).recall()).toEqual({ outcome: 'refused', code: 'sandbox_already_delivered' });
    const never = 'inv_00000000000000000000000000';
    expect(await ask(never).recall()).toEqual({ outcome: 'refused', code: 'sandbox_unknown_message' });
  });
});

test('receipts still due when the process stops are played after a restart, save for what was taken back', async () => {
  const before = await openHouse({ folder: restarted, sendTimeoutSeconds: 1 });
  await prepareHouse(before);
  const its = await publishInHouse(before, { steps: ['whatsapp', 'sms'], timeoutSeconds: 2 });
  const start = (whatsapp: string) =>
    startInHouse(before, its, { recipient: { phone: newPhone() }, sandbox: { whatsapp, sms: 'delivered@1ms' } });
  const accepted = (id: string) => untilState(before, id, ({ steps }) => steps[0]?.attempts[0]?.send === 'accepted');
  const [due, recalled] = await Promise.all([start('delivered@400ms'), start('delivered@500ms')]);
  await Promise.all([accepted(due), accepted(recalled)]);
  const ref = references.sign({ invocationId: recalled, step: 0, attempt: 1 });
  await before.api.providers.of('sandbox')[0]?.adapter.recall?.({ ref, channel: 'whatsapp', providerMessageId: null });
  // Its second step is decided during the stop, and sent at the restart before anything is played.
  const refused = await start('reject:not_on_channel, delivered@400ms');
  await before.engine.close();
  await before.close();
  await pause(1_100);

  const after = await openHouse({ folder: restarted, sendTimeoutSeconds: 1 });
  await after.startEngine();
  expect(await untilEnded(after, due)).toMatchObject({ status: 'succeeded', reachedStep: 0 });
  expect(await untilEnded(after, refused)).toMatchObject({ status: 'succeeded', reachedStep: 1 });
  expect(await untilEnded(after, recalled)).toMatchObject({ status: 'succeeded', reachedStep: 1 });
  const kept = [due, recalled, refused].map(async (id) => (await after.api.store.receipts.of(id)).length);
  expect(await Promise.all(kept)).toEqual([1, 1, 1]);
  const sent = (await after.api.sandbox.messages(refused)).map(({ step, attempt }) => `${step}#${attempt}`);
  expect(sent).toEqual(['whatsapp#1', 'sms#1']);
  expect([...before.faults, ...after.faults]).toEqual([]);
  await after.remove();
});
