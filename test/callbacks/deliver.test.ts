import { type AllowedRanges, parseRange } from '../../callbacks/address-guard';
import { createDeliverer, type Deliverer } from '../../callbacks/deliver';
import { createGuardedAgents } from '../../callbacks/guarded-agents';
import { createPost } from '../../callbacks/post';
import { DELAYS_MS } from '../../callbacks/schedule';
import type { Callback } from '../../schemas/callback';
import type { NewCallbackProfile, NewDelivery } from '../../store/contract';
import { type CallbackReceiver, openCallbackReceiver, status, verified } from '../stand-ins/callback-receiver';
import { newProfile, PROFILE_SECRET } from '../support/callback-profile';
import { type CallbackStore, openCallbackStore } from '../support/callback-store';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';
import { type VirtualTime, virtualTime } from '../support/virtual-time';

const root = temporaryFolder();
/** Signatures are verified against the real clock, which the library of Standard Webhooks reads. */
const T0 = Date.now();
const SECONDS = 1_000;
const HOURS = 3_600 * SECONDS;

let time: VirtualTime;
let files: CallbackStore;
let receiver: CallbackReceiver;
let deliverer: Deliverer | null;
let rounds: number;
let attempted: string[];
let disabled: string[];
let faults: string[];

beforeEach(async () => {
  time = virtualTime(T0);
  files = openCallbackStore(root, 'a secret');
  receiver = await openCallbackReceiver(time.now);
  [rounds, attempted, disabled, faults] = [0, [], [], []];
  deliverer = null;
});

afterEach(async () => {
  // What hangs is let go of.
  const closed = receiver.close();
  await deliverer?.stop();
  await closed;
  await files.close();
  expect(faults).toEqual([]);
});

function deliver(): Deliverer {
  const { deliveries, callbackProfiles: profiles } = files.store;
  const agents = createGuardedAgents([parseRange('127.0.0.0/8')] as AllowedRanges, async () => []);
  const counted = {
    ...deliveries,
    dueProfiles(now: number) {
      rounds++;
      return deliveries.dueProfiles(now);
    },
  };
  deliverer = createDeliverer({
    deliveries: counted,
    profiles,
    post: createPost({ agents, timers: time, userAgent: 'Onward/test' }),
    timers: time,
    random: () => 0.5,
    attempted: (outcome) => attempted.push(outcome),
    onDisabled: (id, reason) => disabled.push(`${id} ${reason}`),
    onFault: (message, error) => faults.push(`${message}: ${error}`),
  });
  return deliverer;
}

async function profile(path: string, over: Partial<NewCallbackProfile> = {}): Promise<string> {
  const made = await files.store.callbackProfiles.create(newProfile(receiver.url + path, over), time.now());
  if (made === 'id_taken') throw new Error('the ID is taken');
  return made.id;
}

function delivery(id: string, over: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id,
    profileId: 'cbp_main',
    invocationId: 'inv_1',
    seq: 1,
    type: 'invocation.started',
    mode: 'test',
    createdAt: time.now(),
    body: JSON.stringify({ type: 'invocation.started', id }),
    held: false,
    ...over,
  };
}

async function add(...deliveries: NewDelivery[]): Promise<void> {
  await files.store.deliveries.add(deliveries);
  deliverer?.wake();
}

async function rounded(): Promise<void> {
  // The one under way may have looked before, so that two have to end.
  const before = rounds;
  await until(() => {
    deliverer?.wake();
    return rounds >= before + 2;
  }, 'a round');
}

const tries = async (id: string) => (await files.store.deliveries.attempts(id)).length;
const statusOf = async (id: string) => (await files.store.deliveries.get(id))?.status;
const paths = () => receiver.received.map(({ path }) => path);
const ids = () => receiver.received.map(({ headers }) => headers['webhook-id']);

test('what fails is tried at the schedule, to the second, and is given up after the tenth time', async () => {
  await profile('/in');
  receiver.always('/in', status(500, {}, 'no'));
  deliver();
  await add(delivery('cbd_1'));
  let at = T0;
  for (const [n, delay] of DELAYS_MS.entries()) {
    if (delay > 0) {
      time.advance(delay - SECONDS);
      await rounded();
      expect(receiver.received).toHaveLength(n);
      time.advance(SECONDS);
    }
    at += delay;
    await until(async () => (await tries('cbd_1')) === n + 1, `attempt ${n + 1}`);
    expect(receiver.received[n]?.at).toBe(at);
  }
  expect(await files.store.deliveries.get('cbd_1')).toMatchObject({ status: 'failed', dueAt: null, responseCode: 500 });
  expect(new Set(ids())).toEqual(new Set(['cbd_1']));
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(attempted).toEqual([...new Array(9).fill('retried'), 'failed']);
  time.advance(48 * HOURS);
  await rounded();
  expect(receiver.received).toHaveLength(10);
});

test('Retry-After of a 429 holds the next attempt back, and the one after it goes by the schedule', async () => {
  await profile('/in');
  receiver.meets('/in', status(429, { 'retry-after': '60' }), status(429));
  deliver();
  await add(delivery('cbd_1'));
  await until(async () => (await tries('cbd_1')) === 1, 'the first attempt');
  time.advance(59 * SECONDS);
  await rounded();
  expect(receiver.received).toHaveLength(1);
  time.advance(SECONDS);
  await until(async () => (await tries('cbd_1')) === 2, 'the second attempt');
  time.advance(300 * SECONDS);
  await until(async () => (await statusOf('cbd_1')) === 'delivered', 'the third attempt');
  expect(receiver.received.map(({ at }) => (at - T0) / SECONDS)).toEqual([0, 60, 360]);
});

test('callbacks of one invocation keep their order while one fails, and other invocations go on', async () => {
  await profile('/in');
  receiver.meets('/in', status(503));
  deliver();
  await add(delivery('cbd_1'));
  await until(async () => (await tries('cbd_1')) === 1, 'the first to fail');
  await add(
    delivery('cbd_3', { seq: 3 }),
    delivery('cbd_2', { seq: 2 }),
    delivery('cbd_other', { invocationId: 'inv_2' }),
    delivery('cbd_other_2', { invocationId: 'inv_2', seq: 2 }),
  );
  await until(async () => (await statusOf('cbd_other_2')) === 'delivered', 'the other invocation');
  expect(ids()).toEqual(['cbd_1', 'cbd_other', 'cbd_other_2']);
  time.advance(5 * SECONDS);
  await until(async () => (await statusOf('cbd_3')) === 'delivered', 'the rest');
  expect(ids().slice(3)).toEqual(['cbd_1', 'cbd_2', 'cbd_3']);
});

test('an endpoint that hangs fills its own slots, and delays no other profile', async () => {
  await profile('/hangs');
  await profile('/well', { id: 'cbp_well' });
  receiver.always('/hangs', 'hangs');
  deliver();
  await add(...Array.from({ length: 50 }, (_, n) => delivery(`cbd_h${n}`, { invocationId: `inv_${n}` })));
  await until(() => paths().length === 32, 'its slots to fill');
  await add(...Array.from({ length: 50 }, (_, n) => delivery(`cbd_w${n}`, { profileId: 'cbp_well', seq: n + 1 })));
  await until(() => paths().filter((path) => path === '/well').length === 50, 'the other profile');
  expect(paths().filter((path) => path === '/hangs')).toHaveLength(32);
  // Once it is known to fail it has fewer.
  time.advance(15 * SECONDS);
  await until(() => attempted.filter((outcome) => outcome === 'retried').length === 32, 'them to be given up');
  await until(() => paths().filter((path) => path === '/hangs').length > 32, 'further ones');
  await rounded();
  expect(paths().filter((path) => path === '/hangs')).toHaveLength(34);
});

test('410 disables the profile at once, fails what is due, and the others are told once', async () => {
  const id = await profile('/gone');
  await profile('/ops', { id: 'cbp_ops' });
  await profile('/deaf', { id: 'cbp_deaf', types: ['invocation.succeeded'] });
  await profile('/kaleyra', { id: 'cbp_kaleyra', format: 'kaleyra' });
  receiver.always('/gone', status(410));
  deliver();
  await add(delivery('cbd_1'), delivery('cbd_2', { seq: 2 }));
  await until(async () => (await statusOf('cbd_2')) === 'failed', 'the second to be held back');
  await until(() => paths().includes('/ops'), 'the news');
  expect(paths().sort()).toEqual(['/gone', '/ops']);
  expect(await files.store.callbackProfiles.get(id)).toMatchObject({ enabled: false, disabledReason: 'gone' });
  const [attempt] = await files.store.deliveries.attempts('cbd_2');
  expect(attempt).toMatchObject({ responseCode: null, error: 'not sent: the profile is disabled' });
  const news = receiver.received.find(({ path }) => path === '/ops');
  if (!news) throw new Error('no news');
  const { type, data } = verified(news, PROFILE_SECRET) as Callback;
  expect(type).toBe('callback_profile.disabled');
  expect(data).toEqual({
    callbackProfileId: id,
    name: 'Main',
    reason: 'gone',
    failingSince: new Date(T0).toISOString(),
  });
  expect(disabled).toEqual([`${id} gone`]);
});

test('an endpoint of which nothing got through for five days is disabled, and one that came back is not', async () => {
  const id = await profile('/in');
  await profile('/ops', { id: 'cbp_ops', types: ['callback_profile.disabled'] });
  receiver.always('/in', status(500));
  deliver();
  await add(delivery('cbd_1'));
  await until(async () => (await tries('cbd_1')) === 1, 'the first failure');
  time.advance(4 * 24 * HOURS);
  receiver.meets('/in', 'well');
  await until(async () => (await statusOf('cbd_1')) === 'delivered', 'it to get through');
  expect(await files.store.callbackProfiles.get(id)).toMatchObject({ enabled: true, failingSince: null });
  const failingSince = time.now();
  await add(delivery('cbd_2', { seq: 2 }));
  await until(async () => (await tries('cbd_2')) === 1, 'it to fail again');
  time.advance(5 * 24 * HOURS - 1);
  await until(async () => (await tries('cbd_2')) === 2, 'an attempt just before five days');
  expect(await files.store.callbackProfiles.get(id)).toMatchObject({ enabled: true, failingSince });
  time.advance(300 * SECONDS);
  await until(async () => (await statusOf('cbd_2')) === 'failed', 'it to be given up');
  expect(await files.store.callbackProfiles.get(id)).toMatchObject({ enabled: false, disabledReason: 'failing' });
  await until(() => paths().includes('/ops'), 'the news');
  expect(disabled).toEqual([`${id} failing`]);
});

test('what was due of a profile that is gone is given up', async () => {
  const id = await profile('/in');
  await files.store.callbackProfiles.delete(id);
  deliver();
  await add(delivery('cbd_1'));
  await until(async () => (await statusOf('cbd_1')) === 'failed', 'it to be given up');
  expect(receiver.received).toEqual([]);
});

test('what another process made due is found within five seconds, though nobody wakes us', async () => {
  await profile('/in');
  deliver();
  await rounded();
  await files.store.deliveries.add([delivery('cbd_1')]);
  time.advance(5 * SECONDS);
  await until(async () => (await statusOf('cbd_1')) === 'delivered', 'it');
});

test('a lease that runs out, of a process that died over an attempt, gives it to the next', async () => {
  await profile('/in');
  await files.store.deliveries.add([delivery('cbd_1')]);
  await files.store.deliveries.claim('cbp_main', T0, T0 + 20 * SECONDS, 1);
  deliver();
  await rounded();
  expect(receiver.received).toEqual([]);
  time.advance(20 * SECONDS);
  await until(async () => (await statusOf('cbd_1')) === 'delivered', 'it');
});

test('a stop lets the attempts in hand finish, and leaves those that take too long to their leases', async () => {
  await profile('/in');
  let answer: () => void = () => {};
  receiver.meets('/in', (response) => {
    answer = () => void response.writeHead(204).end();
  });
  const first = deliver();
  await add(delivery('cbd_1'));
  await until(() => receiver.received.length === 1, 'it to be under way');
  const stopping = first.stop();
  answer();
  await stopping;
  expect(await statusOf('cbd_1')).toBe('delivered');

  receiver.meets('/in', 'hangs');
  const second = deliver();
  await add(delivery('cbd_2', { seq: 2 }));
  await until(() => receiver.received.length === 2, 'it to hang');
  let left = false;
  void second.stop().then(() => {
    left = true;
  });
  await until(() => {
    time.advance(SECONDS);
    return left;
  }, 'the stop');
  expect(await statusOf('cbd_2')).toBe('pending');
});

test('a store that is away is told once, and all goes on when it is back', async () => {
  await profile('/in');
  const { deliveries } = files.store;
  const dueProfiles = deliveries.dueProfiles;
  let away = true;
  let asked = 0;
  deliveries.dueProfiles = async (now) => {
    asked++;
    if (away) throw new Error('the store is away');
    return dueProfiles(now);
  };
  deliver();
  await add(delivery('cbd_1'));
  await until(() => {
    time.advance(SECONDS);
    return asked > 3;
  }, 'some rounds');
  expect(faults).toEqual(['callbacks wait: Error: the store is away']);
  away = false;
  await until(async () => {
    time.advance(SECONDS);
    return (await statusOf('cbd_1')) === 'delivered';
  }, 'it to be delivered');
  faults = [];
});
