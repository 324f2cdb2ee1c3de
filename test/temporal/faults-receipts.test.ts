import { setTimeout as pause } from 'node:timers/promises';
import { statusOf } from '../../core/attempt-status';
import { decide } from '../../core/decide';
import type { Input } from '../../core/input';
import type { Ladder } from '../../core/ladder';
import { type AttemptState, initialState, type State } from '../../core/state';
import type { Receipt } from '../../schemas/receipt';
import { type FaultHouse, openFaultHouse, receiptFor } from '../support/fault-house';
import { forAll } from '../support/load';
import { random } from '../support/random';
import { publishInHouse } from '../support/run-in-house';
import { describeWithTemporal } from '../support/temporal-server';

const SEED = Number(process.env.RECEIPTS_SEED ?? Date.now() % 1_000_000);
const RUNS = 100;
const RECEIPTS_PER_RUN = 100;
const AFTER_THE_END = 10;
/** Of those a provider without a clock of its own repeats with another time. */
const REPEATED_LATER = 5;

const next = random(SEED);
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

type Fact = Pick<Receipt, 'status' | 'reason' | 'code'>;
const FACTS: Fact[] = [
  { status: 'sent' },
  { status: 'delivered' },
  { status: 'read' },
  { status: 'clicked' },
  { status: 'undelivered', reason: 'unreachable', code: '27' },
  { status: 'failed', reason: 'unknown', code: '99' },
  { status: 'expired' },
];

describeWithTemporal(`receipts duplicated and shuffled, early and late (seed ${SEED})`, (server) => {
  let house: FaultHouse;
  let ladder: Ladder;
  let ids: string[];
  const facts = new Map<string, Fact[]>();

  beforeAll(async () => {
    house = await openFaultHouse({ address: server.address, sendTimeoutSeconds: 30 });
    ladder = await publishInHouse(house, { steps: ['sms', 'email'], timeoutSeconds: 120 });
    await house.addWorker();
  }, 60_000);

  afterAll(() => house.remove());

  function receiptsOf(id: string): Receipt[] {
    const chosen = [
      { status: 'delivered' } as Fact,
      ...shuffled(FACTS.filter((one) => one.status !== 'delivered')).slice(0, 4),
    ];
    facts.set(id, chosen);
    const at = new Date().toISOString();
    const all = chosen.map((fact) => receiptFor(id, 'sms', { ...fact, at }));
    while (all.length < RECEIPTS_PER_RUN) {
      const again = all.length > RECEIPTS_PER_RUN - 1 - REPEATED_LATER;
      const more = again ? { at: new Date(Date.parse(at) + all.length).toISOString() } : {};
      all.push({ ...pick(all), ...more });
    }
    return shuffled(all);
  }

  test(`of ${RUNS * RECEIPTS_PER_RUN} none is lost and none counts twice`, async () => {
    // The email, where a failure that came first led to it, is never heard of.
    ids = await house.startRuns(ladder, RUNS, () => ({ sms: 'accept@600ms', email: 'silent' }));
    const inTime: Receipt[] = [];
    const late: Receipt[] = [];
    for (const id of ids) {
      const all = receiptsOf(id);
      inTime.push(...all.slice(0, -AFTER_THE_END));
      late.push(...all.slice(-AFTER_THE_END));
    }
    await handIn(shuffled(inTime));
    await consumed();
    await handIn(shuffled(late));
    await consumed();
    expect(await house.complaints(ids)).toEqual([]);
    expect(await house.log.read('onward.receipts.dead', 0, 0, 10)).toEqual([]);
    for (const id of ids) {
      const recorded = house.told(id).filter(({ type, step }) => /ReceiptRecorded$/.test(type) && step === 'sms');
      expect(new Set(recorded.map(({ seq }) => seq)).size).toBe(facts.get(id)?.length);
    }
  }, 120_000);

  test('each attempt is what any other order of the same receipts makes it', async () => {
    for (const id of ids) {
      const state = await house.engine.describe(id);
      expect(known(state)).toEqual(known(inOrder(ladder, facts.get(id) ?? [])));
      expect(state).toMatchObject({ status: 'succeeded', reachedStep: 0, duplicate: false });
    }
  });

  test('a receipt that comes again exactly as it was is not in the history again', async () => {
    const lengths: number[] = [];
    await forAll(ids, 10, async (id) => {
      lengths.push((await house.client.workflow.getHandle(id).describe()).historyLength);
    });
    // Some 20 events without a receipt (27 where the e-mail was sent), and for each receipt that is told apart at most
    // its own and the three of the turn that it leads to.
    const toldApart = 5 + REPEATED_LATER;
    expect(Math.max(...lengths)).toBeLessThan(27 + 4 * toldApart);
  });

  async function handIn(receipts: readonly Receipt[]): Promise<void> {
    for (let from = 0; from < receipts.length; from += 500) {
      await house.api.intake.accept(receipts.slice(from, from + 500));
    }
  }

  async function consumed(): Promise<void> {
    const waiting = async () => (await house.log.lag()).find(({ topic }) => topic === 'onward.receipts')?.records !== 0;
    while (await waiting()) await pause(50);
  }
});

function inOrder(ladder: Ladder, facts: readonly Fact[]): State {
  const at = 1_000;
  const invoked: Input = { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null };
  const accepted: Input = { type: 'SendAccepted', step: 'sms', attempt: 1, providerMessageId: null, costMicros: null };
  let { state } = decide(decide(initialState(ladder), invoked, at).state, accepted, at);
  for (const { status, reason = null, code = null } of facts) {
    const receipt = { status, reason, code, at, providerMessageId: null, costMicros: null };
    state = decide(state, { type: 'ReceiptArrived', step: 'sms', attempt: 1, ...receipt }, at).state;
  }
  return state;
}

function known(state: State | null): unknown {
  const attempt = state?.steps[0]?.attempts[0] as AttemptState;
  const { delivery, reason, code, read, clicked, seen } = attempt;
  return { status: statusOf(attempt), delivery, reason, code, read, clicked, seen: [...seen].sort() };
}
