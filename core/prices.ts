import type { PriceRow } from '../schemas/price';
import type { MessageForm } from '../schemas/template';
import type { Channel, Provider } from '../schemas/vocabulary';
import { ADDRESS_FIELDS } from './address';
import { dearestMicros } from './cost';
import type { Ladder, SendRoute, SendRung } from './ladder';

/** What a price is asked for. Rows in another currency than `currency` count as if they were not there. */
export interface PriceQuestion {
  provider: Provider;
  /** The account that carries it; null where it is not known. */
  account: string | null;
  channel: Channel;
  /** What an `xms` goes out as: a row of that channel goes before one of `xms` itself. */
  as?: MessageForm['as'];
  /** ISO 3166-1 alpha-2; null where it is not known, or of no matter: then the rows for all countries alone. */
  country: string | null;
  currency: string;
}

/** The price table at one moment. */
export interface PriceBook {
  empty: boolean;
  /**
   * Micros a part by the most specific row: of the account for the country, of the account for all, of the provider for
   * the country, of the provider for all; null where there is none of them.
   */
  costOf(question: PriceQuestion): number | null;
  /** The currencies of the rows that would answer but for their currency. */
  currenciesFor(question: Omit<PriceQuestion, 'currency' | 'country'>): readonly string[];
}

/** What another process changed is seen after a second at the latest. */
export interface Prices {
  /** Never rejects: where the store is away, the table as it was known. */
  current(): PriceBook | Promise<PriceBook>;
  /** To be called when the table was changed here. */
  changed(): void;
}

/** Where a row stands: there is one at most for each. */
export function placeOfPrice({ provider, account, channel, country, currency }: Omit<PriceRow, 'costMicros'>): string {
  return `${provider} ${account ?? '*'} ${channel} ${country} ${currency}`;
}

export function priceBook(rows: readonly PriceRow[]): PriceBook {
  const micros = new Map(rows.map((row) => [placeOfPrice(row), row.costMicros]));
  return {
    empty: rows.length === 0,
    costOf({ country, account, channel, as, ...rest }) {
      const channels = channel === 'xms' && as !== undefined ? [as, channel] : [channel];
      for (const whose of account === null ? [null] : [account, null]) {
        for (const where of country === null ? ['*'] : [country, '*']) {
          for (const one of channels) {
            const found = micros.get(placeOfPrice({ ...rest, channel: one, account: whose, country: where }));
            if (found !== undefined) return found;
          }
        }
      }
      return null;
    },
    currenciesFor({ provider, account, channel }) {
      const currencies = new Set<string>();
      for (const row of rows) {
        if (row.provider !== provider || row.channel !== channel) continue;
        if (row.account === null || row.account === account) currencies.add(row.currency);
      }
      return [...currencies];
    },
  };
}

export const NO_PRICES: PriceBook = priceBook([]);

/** Where a price is asked for, besides what the ladder says. */
export interface PriceSituation {
  prices: PriceBook;
  /** The country of the recipient's number; null: not known. */
  country: string | null;
  /** The account that a route means now. */
  accountOf(route: Pick<SendRoute, 'provider' | 'account'>): string | null;
  /** What the step's text goes out as; null, or left out, where that is not known: one part. */
  formOf?(rung: SendRung): MessageForm | null;
}

/** What the step costs by the dearest of its routes, with every part that is billed, in micros of `currency`. */
export function pricedMicros(rung: SendRung, currency: string, situation: PriceSituation): number {
  const { prices, accountOf } = situation;
  const { channel } = rung;
  const country = isByPhone(rung) ? situation.country : null;
  const form = situation.formOf?.(rung) ?? null;
  let dearest = 0;
  for (const route of rung.routes) {
    const { provider } = route;
    const price = prices.costOf({ provider, account: accountOf(route), channel, as: form?.as, country, currency });
    dearest = Math.max(dearest, price === null ? route.costMicros : price * (form?.parts ?? 1));
  }
  return dearest;
}

/** What one send of each step costs, by the step's number; null where that is what the ladder reckons anyway. */
export function pricedLadder({ rungs, currency }: Ladder, situation: PriceSituation): number[] | null {
  if (situation.prices.empty) return null;
  let differs = false;
  const costs = rungs.map((rung) => {
    if (rung.kind !== 'send') return 0;
    const micros = pricedMicros(rung, currency, situation);
    differs ||= micros !== dearestMicros(rung);
    return micros;
  });
  return differs ? costs : null;
}

/** Whether the price of the step depends on where the recipient's number is. */
export function isByPhone({ channel }: Pick<SendRung, 'channel'>): boolean {
  const fields: readonly string[] = ADDRESS_FIELDS[channel] ?? [];
  return fields.includes('phone');
}
