import type { PriceSituation } from '../core/prices';
import type { Services } from './services';

/** The price table as it stands, and the accounts that routes mean now: what core/prices.ts asks for. */
export async function pricingOf({
  prices,
  providers,
}: Pick<Services, 'prices' | 'providers'>): Promise<Pick<PriceSituation, 'prices' | 'accountOf'>> {
  return {
    prices: await prices.current(),
    accountOf: (route) => providers.find(route)?.id ?? route.account,
  };
}
