import type { OpenAccount, ProviderMetrics, SendAnswer, SendRequest } from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { createGuards, type Guards } from '../../providers/guarded';

const T0 = 1_700_000_000_000;
const ACCEPTED: SendAnswer = { outcome: 'accepted', providerMessageId: 'm', costMicros: null };
const rejected = (reason: Extract<SendAnswer, { outcome: 'rejected' }>['reason']): SendAnswer => {
  return { outcome: 'rejected', reason, code: '1', retryAfterMs: null };
};
const AWAY = rejected('provider_unavailable');

let guards: Guards;
let calls: number;
let answer: () => Promise<SendAnswer>;
let counted: string[];
let states: string[];

beforeEach(() => {
  jest.useFakeTimers({ now: T0 });
  calls = 0;
  counted = [];
  states = [];
  answer = async () => ACCEPTED;
  const metrics: Pick<ProviderMetrics, 'sent' | 'circuit'> = {
    sent: (provider, outcome) => void counted.push(`${provider} ${outcome}`),
    circuit: (account, state) => void states.push(`${account} ${state}`),
  };
  guards = createGuards({ metrics, clock: Date.now });
});
afterEach(() => {
  guards.close();
  jest.useRealTimers();
});

function accountOf(id = 'pac_eu'): OpenAccount {
  const adapter = {
    facts: PROVIDER_CATALOG.twilio,
    send: async () => {
      calls++;
      return answer();
    },
  };
  return guards.guard({ id, provider: 'twilio', isDefault: true, perSecond: 3, adapter });
}

const requestWith = (signal = new AbortController().signal) => ({ signal }) as SendRequest;
const sendBy = (account: OpenAccount, signal?: AbortSignal) => account.adapter.send(requestWith(signal));

async function sendMany(account: OpenAccount, times: number): Promise<SendAnswer[]> {
  const answers: SendAnswer[] = [];
  for (let n = 0; n < times; n++) answers.push(await sendBy(account).catch(() => ({ outcome: 'uncertain' as const })));
  return answers;
}

test.each<[string, () => Promise<SendAnswer>]>([
  ['says that it is not there', async () => AWAY],
  ['leaves it open whether it has the message', async () => ({ outcome: 'uncertain' })],
  ['breaks off', () => Promise.reject(new Error('ECONNRESET'))],
])('a provider that %s is left alone after ten sends, each answered at once', async (_name, failing) => {
  const account = accountOf();
  answer = failing;
  await sendMany(account, 10);
  expect(calls).toBe(10);
  jest.setSystemTime(T0 + 1_200);
  expect(await sendBy(account)).toEqual({
    outcome: 'rejected',
    reason: 'provider_unavailable',
    code: 'circuit_open',
    retryAfterMs: 3_800,
  });
  expect(calls).toBe(10);
  expect(states).toEqual(['pac_eu closed', 'pac_eu open']);
});

test('what the provider answers of one message never opens it, and comes as it was', async () => {
  const account = accountOf();
  for (const reason of ['invalid_address', 'auth_failed', 'rate_limited', 'blocked', 'content_rejected'] as const) {
    answer = async () => rejected(reason);
    expect(new Set((await sendMany(account, 10)).map((given) => JSON.stringify(given)))).toEqual(
      new Set([JSON.stringify(rejected(reason))]),
    );
  }
  expect(calls).toBe(50);
});

test('a few failures among many sends do not open it', async () => {
  const account = accountOf();
  for (let n = 0; n < 30; n++) {
    answer = async () => (n % 3 === 0 ? AWAY : ACCEPTED);
    await sendBy(account);
  }
  expect(calls).toBe(30);
});

test('after its rest one send tries it out, and the others wait for that', async () => {
  const account = accountOf();
  answer = async () => AWAY;
  await sendMany(account, 10);
  await jest.advanceTimersByTimeAsync(5_000);
  let settle: (given: SendAnswer) => void = () => {};
  answer = () => new Promise((resolve) => (settle = resolve));
  const trial = sendBy(account);
  await jest.advanceTimersByTimeAsync(0);
  expect(await sendBy(account)).toMatchObject({ code: 'circuit_open', retryAfterMs: 500 });
  expect(calls).toBe(11);
  settle(ACCEPTED);
  expect(await trial).toEqual(ACCEPTED);
  answer = async () => ACCEPTED;
  expect(await sendBy(account)).toEqual(ACCEPTED);
  expect(states).toEqual(['pac_eu closed', 'pac_eu open', 'pac_eu half_open', 'pac_eu closed']);
});

test('a trial that fails opens it for another rest', async () => {
  const account = accountOf();
  answer = async () => AWAY;
  await sendMany(account, 10);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(await sendBy(account)).toEqual(AWAY);
  expect(await sendBy(account)).toMatchObject({ code: 'circuit_open', retryAfterMs: 5_000 });
});

test('a trial that is never answered ends with the patience of the send, and not never', async () => {
  const account = accountOf();
  answer = async () => AWAY;
  await sendMany(account, 10);
  await jest.advanceTimersByTimeAsync(5_000);
  answer = () => new Promise(() => {});
  const patience = new AbortController();
  const trial = sendBy(account, patience.signal);
  await jest.advanceTimersByTimeAsync(0);
  patience.abort();
  expect(await trial).toEqual({ outcome: 'uncertain' });
  await jest.advanceTimersByTimeAsync(5_000);
  answer = async () => ACCEPTED;
  expect(await sendBy(account)).toEqual(ACCEPTED);
});

test('failures of long ago do not count', async () => {
  const account = accountOf();
  answer = async () => AWAY;
  await sendMany(account, 9);
  await jest.advanceTimersByTimeAsync(22_000);
  await sendMany(account, 5);
  expect(calls).toBe(14);
});

test('one account’s circuit is no other’s', async () => {
  const [one, other] = [accountOf('pac_eu'), accountOf('pac_us')];
  answer = async () => AWAY;
  await sendMany(one, 11);
  answer = async () => ACCEPTED;
  expect(await sendBy(other)).toEqual(ACCEPTED);
});

test('sends are counted by provider and by what came of them', async () => {
  const account = accountOf();
  await sendBy(account);
  answer = async () => rejected('blocked');
  await sendBy(account);
  answer = () => Promise.reject(new Error('broken off'));
  await expect(sendBy(account)).rejects.toThrow('broken off');
  expect(counted).toEqual(['twilio accepted', 'twilio blocked', 'twilio uncertain']);
});

test('of an account that was opened anew the new circuit is shown, until it is closed too', async () => {
  const before = accountOf();
  const after = accountOf();
  await before.adapter.close?.();
  expect(states).toEqual(['pac_eu closed', 'pac_eu closed']);
  await after.adapter.close?.();
  expect(states).toEqual(['pac_eu closed', 'pac_eu closed', 'pac_eu null']);
});

test('all circuits share one timer, which is gone when they are closed', () => {
  expect(jest.getTimerCount()).toBe(1);
  for (let n = 0; n < 50; n++) accountOf(`pac_${n}`);
  expect(jest.getTimerCount()).toBe(1);
  guards.close();
  expect(jest.getTimerCount()).toBe(0);
});

test('the methods of an adapter stay its own', async () => {
  class Adapter {
    facts = PROVIDER_CATALOG.twilio;
    #token = 'own';
    async send(): Promise<SendAnswer> {
      return { outcome: 'accepted', providerMessageId: this.#token, costMicros: null };
    }
    verify() {
      return this.#token === 'own' ? ('genuine' as const) : ('forged' as const);
    }
  }
  const account = guards.guard({
    ...{ id: 'pac_eu', provider: 'twilio', isDefault: true, perSecond: null },
    adapter: new Adapter(),
  });
  expect(account.adapter.verify?.({} as never)).toBe('genuine');
  expect(account.adapter.recall).toBeUndefined();
  expect(await sendBy(account)).toMatchObject({ providerMessageId: 'own' });
});
