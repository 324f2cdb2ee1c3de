import { setTimeout as pause } from 'node:timers/promises';
import { ulid } from 'ulid';
import { EngineUnavailable } from '../../core/engine';
import type { ReceiptInput } from '../../core/input';
import type { Ladder } from '../../core/ladder';
import type { State } from '../../core/state';
import type { ReceiptStatus } from '../../schemas/vocabulary';
import { prepareHouse } from '../scenarios/run-in-house';
import { openHouse, type TestHouse } from '../support/house';
import { publishInHouse, startInHouse, untilEnded, untilState } from '../support/run-in-house';

const BUSY_MACHINE_MS = 90_000;

let house: TestHouse;

beforeEach(async () => {
  house = await openHouse();
  await prepareHouse(house);
});

afterEach(() => house.remove());

/** Stops the house and opens it again on the same folder, after `awayMs`. Its engine is not started. */
async function restart(awayMs: number): Promise<void> {
  const { folder } = house;
  await house.close();
  await pause(awayMs);
  house = await openHouse({ folder });
}

function receipt(status: ReceiptStatus, code: string | null = null): ReceiptInput {
  return {
    type: 'ReceiptArrived',
    step: 0,
    attempt: 1,
    status,
    reason: null,
    code,
    at: Date.now(),
    providerMessageId: null,
    costMicros: null,
  };
}

const isAccepted = (step: number) => (state: State) => state.steps[step]?.attempts[0]?.send === 'accepted';

async function typesOf(id: string): Promise<string[]> {
  const events = await house.engine.history(id, 0);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
  return events.map(({ type }) => type);
}

test('receipts that come at once for a run that has ended meet in one run: each is recorded, none under the seq of another', async () => {
  const ladder = await publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 60 });
  const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'delivered@1ms' } });
  await untilEnded(house, id);
  await restart(0);
  await house.startEngine();
  expect(house.embedded?.openRuns).toBe(0);
  const late = ['read', 'clicked', 'replied', 'sent', 'read'] as const;
  const outcomes = await Promise.all(late.map((status) => house.engine.receive(id, receipt(status))));
  expect(outcomes).toEqual(late.map(() => 'taken'));
  const types = await typesOf(id);
  expect(types.filter((type) => /ReceiptRecorded$/.test(type))).toHaveLength(5);
  expect((await house.engine.describe(id))?.seq).toBe(types.length);
  await pause(5);
  expect(house.embedded?.openRuns).toBe(0);
});

test('deadlines that passed while the process was down fire after a restart, in the order of their times', async () => {
  const [later, sooner] = [
    await publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 2 }),
    await publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 1 }),
  ];
  // Named so that neither the order of the IDs nor that of the starts is the order of the deadlines.
  const ids: string[] = [];
  for (const ladder of [later, sooner, later, sooner]) {
    ids.push(await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } }));
    await pause(5);
  }
  await Promise.all(ids.map((id) => untilState(house, id, isAccepted(0))));
  const deadlines = await Promise.all(
    ids.map(async (id) => (await house.engine.describe(id))?.steps[0]?.deadlineAt ?? 0),
  );
  const inOrder = ids.map((id, n) => ({ id, at: deadlines[n] ?? 0 })).sort((a, b) => a.at - b.at);
  await restart(Math.max(...deadlines) - Date.now() + 20);
  await house.startEngine();
  await Promise.all(ids.map((id) => untilEnded(house, id)));
  const records = await house.log.read('onward.events', 0, 0, 1_000);
  const fired = records.filter(({ value }) => value.includes('StepTimedOut')).map(({ key }) => key);
  expect(fired).toEqual(inOrder.map(({ id }) => id));
});

test('a receipt that stood in the log at the stop goes before the deadline that passed since', async () => {
  const ladder = await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 1 });
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => startInHouse(house, ladder, { sandbox: { whatsapp: 'silent', sms: 'silent' } })),
  );
  await Promise.all(ids.map((id) => untilState(house, id, isAccepted(0))));
  // Nobody takes receipts any more, and the log still does: as when the process dies right after its answer.
  await house.stopEngine();
  await house.api.intake.accept(
    ids.map((invocationId) => ({ invocationId, step: 0, attempt: 1, status: 'delivered' as const })),
  );
  await restart(1_050);
  await house.startEngine();
  for (const id of ids) {
    expect(await untilEnded(house, id)).toMatchObject({ status: 'succeeded', reachedStep: 0 });
    expect(await typesOf(id)).not.toContain('StepTimedOut');
  }
});

test('a send that was decided and not begun at the stop is carried out once after the restart', async () => {
  const ladder = await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 60 });
  const id = await startInHouse(house, ladder, {
    sandbox: { whatsapp: 'reject:not_on_channel', sms: 'delivered@1ms' },
  });
  await house.engine.close();
  expect((await house.engine.describe(id))?.steps[1]?.attempts[0]?.send).toBe('requested');
  await restart(0);
  await house.startEngine();
  expect((await untilEnded(house, id)).status).toBe('succeeded');
  const sent = (await house.api.sandbox.messages(id)).map(({ step, attempt }) => `${step}#${attempt}`);
  expect(sent).toEqual(['whatsapp#1', 'sms#1']);
});

test(
  'an engine that has ended 5,000 runs holds none of them',
  async () => {
    const ladder = await publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 60 });
    for (let portion = 0; portion < 10; portion++) {
      const ids = await Promise.all(
        Array.from({ length: 500 }, () => startInHouse(house, ladder, { sandbox: { whatsapp: 'delivered@1ms' } })),
      );
      await Promise.all(ids.map((id) => untilEnded(house, id)));
    }
    await pause(10);
    expect(house.embedded?.openRuns).toBe(0);
    expect(house.faults).toEqual([]);
  },
  BUSY_MACHINE_MS,
);

test('past its limit it takes no invocation more, says so, and takes the next ones once it has caught up', async () => {
  const ladder = await publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 60 });
  const sandbox = { whatsapp: 'delivered@1ms' };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 2_100 }, () => startInHouse(house, ladder, { sandbox })),
  );
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(200);
  for (const error of refused) {
    expect(error).toBeInstanceOf(EngineUnavailable);
    expect(error).toMatchObject({ message: expect.stringContaining('than the disk takes'), retryAfterSeconds: 1 });
  }
  expect(house.engine.unavailable()).toBeNull();
  const id = await startInHouse(house, ladder, { sandbox });
  expect((await untilEnded(house, id)).status).toBe('succeeded');
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') expect((await untilEnded(house, outcome.value)).status).toBe('succeeded');
  }
});

test('one-time passwords pass a backlog of marketing: they are sent before what waited longer', async () => {
  const publish = (purpose: 'marketing' | 'otp'): Promise<Ladder> =>
    publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 60, purpose });
  const [marketing, otp] = [await publish('marketing'), await publish('otp')];
  const slow = { sandbox: { whatsapp: 'accept@300ms, delivered@1ms' } };
  const backlog = Array.from({ length: 1_200 }, () => `inv_${ulid()}`);
  await Promise.all(backlog.map((id) => startInHouse(house, marketing, { ...slow, id })));
  const passwords = await Promise.all(Array.from({ length: 10 }, () => startInHouse(house, otp, slow)));
  await Promise.all([...backlog, ...passwords].map((id) => untilEnded(house, id)));
  const receivedAt = async (id: string) => (await house.api.sandbox.messages(id))[0]?.receivedAt ?? 0;
  const sentAt = (await Promise.all(backlog.map(receivedAt))).sort((a, b) => a - b);
  const passwordAt = await Promise.all(passwords.map(receivedAt));
  const passed = sentAt.filter((at) => at > Math.max(...passwordAt));
  expect(passed.length).toBeGreaterThan(100);
});
