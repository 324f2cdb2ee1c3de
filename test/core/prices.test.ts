import { uncapped, worstCase } from '../../core/cost';
import { compileLadder } from '../../core/ladder';
import { lint } from '../../core/lint';
import { NO_PRICES, priceBook, pricedLadder } from '../../core/prices';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import type { PriceRow } from '../../schemas/price';

const row = (country: string, costMicros: number, more: Partial<PriceRow> = {}): PriceRow => {
  return { provider: 'twilio', account: null, channel: 'sms', country, currency: 'EUR', costMicros, ...more };
};
const ask = { provider: 'twilio', account: 'pac_eu', channel: 'sms', country: 'IT', currency: 'EUR' } as const;

describe('a price', () => {
  const rows = [
    row('IT', 1, { account: 'pac_eu' }),
    row('*', 2, { account: 'pac_eu' }),
    row('IT', 3),
    row('*', 4),
    row('IT', 5, { account: 'pac_us' }),
    row('IT', 6, { channel: 'whatsapp' }),
    row('IT', 7, { provider: 'solapi' }),
    row('IT', 8, { currency: 'USD' }),
  ];

  test('is the most specific: the account’s for the country, the account’s for all, the provider’s for the country, for all', () => {
    for (const [n, micros] of [1, 2, 3, 4].entries()) expect(priceBook(rows.slice(n)).costOf(ask)).toBe(micros);
    expect(priceBook(rows.slice(4)).costOf(ask)).toBeNull();
  });

  test('of a country that is not known, or of no account, is the one for all', () => {
    const book = priceBook(rows);
    expect(book.costOf({ ...ask, country: null })).toBe(2);
    expect(book.costOf({ ...ask, country: 'FR' })).toBe(2);
    expect(book.costOf({ ...ask, account: null, country: null })).toBe(4);
  });

  test('of another currency is none', () => {
    const book = priceBook(rows);
    expect(book.costOf({ ...ask, currency: 'USD' })).toBe(8);
    expect(book.costOf({ ...ask, currency: 'KRW' })).toBeNull();
    expect(book.currenciesFor(ask)).toEqual(['EUR', 'USD']);
    expect(book.currenciesFor({ ...ask, channel: 'email' })).toEqual([]);
  });

  test('of an xms is that of what it goes out as, where there is one, else its own', () => {
    const book = priceBook([row('IT', 30, { channel: 'lms' }), row('IT', 10, { channel: 'xms' })]);
    const xms = { ...ask, channel: 'xms' } as const;
    expect(book.costOf({ ...xms, as: 'lms' })).toBe(30);
    expect(book.costOf({ ...xms, as: 'sms' })).toBe(10);
    expect(book.costOf(xms)).toBe(10);
    expect(book.costOf({ ...ask, as: 'lms' })).toBeNull();
  });

  test('may be nothing', () => {
    expect(priceBook([row('IT', 0), row('*', 9)]).costOf({ ...ask, account: null })).toBe(0);
  });
});

const FLOW: FlowDefinition = {
  name: 'priced',
  purpose: 'otp',
  budget: { maxCostMicros: 200_000, currency: 'EUR', onExceeded: 'skip_step' },
  steps: [
    {
      name: 'both',
      parallel: [
        [{ name: 'sms', channel: 'sms', provider: ['twilio', 'solapi'], template: 'tpl_1', timeoutSeconds: 30 }],
        [{ name: 'email', channel: 'email', provider: 'sendgrid', template: 'tpl_2', timeoutSeconds: 30 }],
      ],
      timeoutSeconds: 60,
    },
  ],
};
const ladder = compileLadder(FLOW, { flowId: 'f', workflowId: 'w', version: 1, mode: 'live' }, PROVIDER_CATALOG);
const accountOf = () => null;

describe('the ladder', () => {
  test('is reckoned by the dearest route of each step for the recipient’s country', () => {
    const prices = priceBook([
      row('IT', 71_000),
      row('*', 20_000),
      row('*', 900, { provider: 'sendgrid', channel: 'email' }),
    ]);
    const costs = pricedLadder(ladder, { prices, country: 'IT', accountOf });
    expect(costs).toEqual([0, 71_000, 900]);
    expect(worstCase(ladder, costs).costMicros).toBe(71_900);
    // Solapi has no price, so that its facts (35,500) are the dearest.
    expect(pricedLadder(ladder, { prices, country: 'DE', accountOf })).toEqual([0, 35_500, 900]);
  });

  test('a price for a country is not for a step that no telephone receives', () => {
    const prices = priceBook([row('IT', 900, { provider: 'sendgrid', channel: 'email' })]);
    expect(pricedLadder(ladder, { prices, country: 'IT', accountOf })).toBeNull();
  });

  test('is as it was where the table is empty, or says the same', () => {
    expect(pricedLadder(ladder, { prices: NO_PRICES, country: 'IT', accountOf })).toBeNull();
    expect(pricedLadder(ladder, { prices: priceBook([row('*', 35_500)]), country: 'IT', accountOf })).toBeNull();
  });
});

describe('lint', () => {
  const rulesOf = (rows: PriceRow[]) =>
    lint(FLOW, { catalog: PROVIDER_CATALOG, templates: new Map(), pricing: { prices: priceBook(rows), accountOf } })
      .filter(({ rule }) => rule === 'worst-case-over-budget' || rule === 'price-currency')
      .map(({ rule, pointer }) => [rule, pointer]);

  test('warns where the prices for all countries pass the budget', () => {
    expect(uncapped(ladder).costMicros).toBeLessThan(200_000);
    expect(rulesOf([row('*', 200_000)])).toEqual([['worst-case-over-budget', '/budget/maxCostMicros']]);
    expect(rulesOf([row('IT', 200_000)])).toEqual([]);
  });

  test('warns of prices that do not count, as they are in another currency', () => {
    const place = ['price-currency', '/steps/0/parallel/0/0/provider/0'];
    expect(rulesOf([row('IT', 1, { currency: 'USD' })])).toEqual([place]);
    expect(rulesOf([row('IT', 1, { currency: 'USD' }), row('*', 1)])).toEqual([]);
  });
});
