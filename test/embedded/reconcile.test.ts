import type { Activities, LookupAnswered } from '../../activities/contract';
import type { LookupOutcome, ReceiptInput } from '../../core/input';
import type { Ladder, Rung } from '../../core/ladder';
import type { State } from '../../core/state';
import type { ReceiptStatus } from '../../schemas/vocabulary';
import { prepareHouse } from '../scenarios/run-in-house';
import { openHouse, type TestHouse } from '../support/house';
import { publishInHouse, startInHouse, untilEnded, untilState } from '../support/run-in-house';

let house: TestHouse;

beforeEach(async () => {
  house = await openHouse();
  await prepareHouse(house);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await house.remove();
});

/** A sandbox that can be asked what became of a message. */
function askable(ladder: Ladder): Ladder {
  const rungs = ladder.rungs.map((rung): Rung => {
    if (rung.kind !== 'send') return rung;
    return { ...rung, routes: rung.routes.map((route) => ({ ...route, reconcile: true })) };
  });
  return { ...ladder, rungs };
}

/** Whoever is asked answers when the test says so. */
function asked(): { answer(outcome: LookupOutcome): void; breakOff(): void } {
  const { deps } = house.embedded as unknown as { deps: { activities: Activities } };
  let answer: (outcome: LookupOutcome) => void = () => {};
  let breakOff: (error: Error) => void = () => {};
  const outcome = new Promise<LookupOutcome>((resolve, reject) => {
    answer = resolve;
    breakOff = reject;
  });
  deps.activities.lookup = async ({ rung, attempt }): Promise<LookupAnswered> => {
    return { type: 'LookupAnswered', step: rung.name, attempt, outcome: await outcome };
  };
  return { answer: (one) => answer(one), breakOff: () => breakOff(new Error('the process ends')) };
}

function receipt(status: ReceiptStatus, code: string | null = null): ReceiptInput {
  const rest = { reason: null, at: Date.now(), providerMessageId: null, costMicros: null };
  return { type: 'ReceiptArrived', step: 0, attempt: 1, status, code, ...rest };
}

const isAsked = (state: State) => state.steps[0]?.phase === 'reconciling';
const told = { status: 'delivered', reason: null, code: 'by lookup', at: null } as const;
const yes: LookupOutcome = { known: 'yes', providerMessageId: null, costMicros: null, news: told };

test('what a provider says of a run that has ended, and that receipts came for meanwhile, stands after them in its history', async () => {
  const provider = asked();
  const ladder = askable(await publishInHouse(house, { steps: ['whatsapp'], timeoutSeconds: 1 }));
  const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } });
  await untilState(house, id, isAsked);
  await house.engine.receive(id, receipt('delivered', 'by webhook'));
  await untilEnded(house, id);
  await house.engine.receive(id, receipt('read'));
  provider.answer(yes);
  const types = async () => (await house.engine.history(id, 0)).map(({ seq, type }) => `${seq} ${type}`);
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 5));
  const last = (await types()).slice(-5).map((line) => line.replace(/^\d+ /, ''));
  expect(last).toEqual([
    'ReceiptRecorded',
    'StepSucceeded',
    'InvocationSucceeded',
    'ReceiptRecorded',
    'ReceiptRecorded',
  ]);
  expect((await types()).map((line) => Number(line.split(' ')[0]))).toEqual((await types()).map((_, n) => n + 1));
  expect(house.embedded?.openRuns).toBe(0);
  expect(house.faults).toEqual([]);
});

test('a provider that was being asked when the process ended is asked again, and waited for, before anything else is sent', async () => {
  const before = asked();
  const ladder = askable(await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 1 }));
  const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } });
  await untilState(house, id, isAsked);
  const { folder } = house;
  before.breakOff();
  await house.stopEngine();
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + 60_000);
  await house.close();
  house = await openHouse({ folder });
  const provider = asked();
  await house.startEngine();
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setTimeout(resolve, 5));
  provider.answer(yes);
  expect(await untilEnded(house, id)).toMatchObject({ status: 'succeeded', reachedStep: 0 });
  expect((await house.api.sandbox.messages(id)).map(({ step }) => step)).toEqual(['whatsapp']);
});
