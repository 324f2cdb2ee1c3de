import type { Claim, InvocationRecord } from '../../store/contract';
import { sampleLadder, sampleRecord } from '../support/sample-runs';
import { type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;
const DAY_MS = 86_400_000;

export function describeRecords(open: OpenStore): void {
  describe('invocation records', () => {
    const held = storeForEachTest(open);
    const ladder = sampleLadder();
    const full: InvocationRecord = sampleRecord('inv_1', ladder, {
      externalId: 'order-77',
      metadata: { cart: '9' },
      recipient: { id: 'user-1', phone: '+393351234567', email: 'ann@example.com', locale: 'it' },
      variables: { code: '493021', nested: { list: [1, 'é', null] } },
      sandbox: { sms: 'silent' },
    });

    test('a record comes back as it was put, also after a restart', async () => {
      await held.now.store.records.put(full);
      expect(await held.now.store.records.get('inv_1')).toEqual(full);
      await held.reopen();
      expect(await held.now.store.records.get('inv_1')).toEqual(full);
      expect(await held.now.store.records.get('inv_2')).toBeNull();
    });

    test('of many, those that there are come back', async () => {
      const { records } = held.now.store;
      await Promise.all(['inv_1', 'inv_2', 'inv_3'].map((id) => records.put(sampleRecord(id, ladder))));
      const found = await records.getMany(['inv_3', 'inv_9', 'inv_1']);
      expect([...found.keys()].sort()).toEqual(['inv_1', 'inv_3']);
      expect(found.get('inv_3')).toEqual(sampleRecord('inv_3', ladder));
      expect(await records.getMany([])).toEqual(new Map());
    });
  });
}

export function describeIdempotency(open: OpenStore): void {
  describe('idempotency', () => {
    const held = storeForEachTest(open);
    const claim = (key: string, body = 'body', now = T0, scope = 'key_1') =>
      held.now.store.idempotency.claim(scope, key, body, now);
    const ours = (claimed: Claim) => {
      if (claimed.kind !== 'new') throw new Error(`the claim is ${claimed.kind}`);
      return claimed;
    };

    test('a settled key replays its answer, also after a restart', async () => {
      await ours(await claim('order-77')).settle('inv_1');
      expect(await claim('order-77')).toEqual({ kind: 'replay', invocationId: 'inv_1' });
      await held.reopen();
      expect(await claim('order-77')).toEqual({ kind: 'replay', invocationId: 'inv_1' });
    });

    test('a key that is claimed and not settled is in flight', async () => {
      await claim('order-77');
      expect(await claim('order-77')).toEqual({ kind: 'in_flight' });
    });

    test('of many claims at once exactly one is new', async () => {
      const kinds = (await Promise.all(Array.from({ length: 20 }, () => claim('order-77')))).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'new')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'in_flight')).toHaveLength(19);
    });

    test('the same key with another body is a mismatch, in flight and settled', async () => {
      const claimed = ours(await claim('order-77', 'one'));
      expect(await claim('order-77', 'two')).toEqual({ kind: 'mismatch' });
      await claimed.settle('inv_1');
      expect(await claim('order-77', 'two')).toEqual({ kind: 'mismatch' });
    });

    test('a released key can be claimed again', async () => {
      await ours(await claim('order-77', 'one')).release();
      expect((await claim('order-77', 'two')).kind).toBe('new');
    });

    test('a key is nobody else’s, however scope and key are cut', async () => {
      await ours(await claim('b', 'body', T0, 'a')).settle('inv_1');
      expect((await claim('b', 'body', T0, 'c')).kind).toBe('new');
      expect((await claim('', 'body', T0, 'ab')).kind).toBe('new');
    });

    test('a key is kept for 24 hours and no longer', async () => {
      await ours(await claim('order-77')).settle('inv_1');
      expect((await claim('order-77', 'body', T0 + DAY_MS - 1)).kind).toBe('replay');
      expect((await claim('order-77', 'body', T0 + DAY_MS)).kind).toBe('new');
    });
  });
}
