import type { AttemptJob } from '../core/job';
import { readPhone } from '../core/phone';
import { isByPhone, type PriceBook } from '../core/prices';
import type { SendAnswer, SendRequest } from '../providers/contract';

/**
 * The same answer, with the price table's word where the provider took a message and did not say what it costs: a part's
 * price times the parts. Where the table has no row it stays open, and the core reckons.
 * @param account the one that carried it
 */
export function withCost(
  answer: SendAnswer,
  { flow, rung, route }: Pick<AttemptJob, 'flow' | 'rung' | 'route'>,
  { address, content }: Pick<SendRequest, 'address' | 'content'>,
  account: string | null,
  prices: PriceBook,
): SendAnswer {
  if (prices.empty || answer.outcome !== 'accepted' || answer.costMicros !== null) return answer;
  const phone = isByPhone(rung) ? readPhone(address) : null;
  const aPart = prices.costOf({
    provider: route.provider,
    account,
    channel: rung.channel,
    as: content.message?.as,
    country: phone?.ok ? phone.country : null,
    currency: flow.currency,
  });
  return aPart === null ? answer : { ...answer, costMicros: aPart * (content.message?.parts ?? 1) };
}
