import type { PriceRow } from '../../schemas/price';
import { PRICE_LIMITS } from '../../schemas/price';
import { type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;
const row = (provider: PriceRow['provider'], country: string, costMicros: number, more: Partial<PriceRow> = {}) => {
  return { provider, account: null, channel: 'sms', country, currency: 'EUR', costMicros, ...more } as PriceRow;
};

export function describePrices(open: OpenStore): void {
  describe('the price table', () => {
    const held = storeForEachTest(open);

    test('is empty at first', async () => {
      expect(await held.now.store.prices.all()).toEqual({ rows: [], revision: 0 });
      expect(await held.now.store.prices.revision()).toBe(0);
    });

    test('is what was put in its place last, row for row, also after a restart', async () => {
      const rows = [row('twilio', 'IT', 71_000, { account: 'pac_eu' }), row('solapi', '*', 9_000, { currency: 'KRW' })];
      await held.now.store.prices.replace([row('twilio', 'DE', 1)], null, T0);
      expect(await held.now.store.prices.replace(rows, null, T0 + 1)).toEqual({ rows, revision: 2 });
      await held.reopen();
      expect(await held.now.store.prices.all()).toEqual({ rows, revision: 2 });
      expect(await held.now.store.prices.revision()).toBe(2);
    });

    test('of one provider is replaced without touching the others, and may be emptied', async () => {
      const { prices } = held.now.store;
      await prices.replace([row('twilio', 'IT', 1), row('solapi', 'KR', 2)], null, T0);
      await prices.replace([row('twilio', 'DE', 3)], 'twilio', T0);
      expect((await prices.all()).rows).toEqual([row('solapi', 'KR', 2), row('twilio', 'DE', 3)]);
      await prices.replace([], 'solapi', T0);
      expect((await prices.all()).rows).toEqual([row('twilio', 'DE', 3)]);
    });

    test('loses nothing of two that change different parts of it at once', async () => {
      const { prices } = held.now.store;
      const providers = ['twilio', 'solapi', 'smpp', 'http'] as const;
      await Promise.all(providers.map((provider, n) => prices.replace([row(provider, '*', n)], provider, T0)));
      const { rows, revision } = await prices.all();
      expect(rows.map(({ provider }) => provider).sort()).toEqual([...providers].sort());
      expect(revision).toBe(4);
    });

    test('loses nothing of many who change it at once', async () => {
      const { prices } = held.now.store;
      const countries = Array.from({ length: 12 }, (_, n) => String.fromCharCode(65 + n, 65 + n));
      const providers = ['twilio', 'solapi', 'smpp', 'http'] as const;
      for (const country of countries) {
        await Promise.all(providers.map((provider, n) => prices.replace([row(provider, country, n)], provider, T0)));
      }
      const { rows, revision } = await prices.all();
      expect(rows.map(({ provider, country }) => `${provider} ${country}`).sort()).toEqual(
        providers.map((provider) => `${provider} LL`).sort(),
      );
      expect(revision).toBe(48);
    }, 30_000);

    test('takes as many rows as it may have, and not one more, also when they come in parts', async () => {
      const { prices } = held.now.store;
      const full = Array.from({ length: PRICE_LIMITS.rows }, (_, n) => row('twilio', 'IT', n));
      expect(await prices.replace(full, null, T0)).toMatchObject({ revision: 1 });
      expect(await prices.replace([row('solapi', 'KR', 2)], 'solapi', T0)).toBe('too_many');
      expect((await prices.all()).rows).toHaveLength(PRICE_LIMITS.rows);
    }, 30_000);
  });
}
