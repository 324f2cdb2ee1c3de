import { withCost } from '../../activities/cost-of-send';
import { compileLadder, routeAt, sendRungOf } from '../../core/ladder';
import { priceBook } from '../../core/prices';
import type { SendAnswer } from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { RenderedContent } from '../../schemas/template';
import type { Channel } from '../../schemas/vocabulary';

const prices = priceBook([
  { provider: 'twilio', account: null, channel: 'sms', country: '*', currency: 'EUR', costMicros: 20_000 },
  { provider: 'twilio', account: 'pac_eu', channel: 'sms', country: 'IT', currency: 'EUR', costMicros: 71_000 },
  { provider: 'twilio', account: null, channel: 'email', country: 'IT', currency: 'EUR', costMicros: 1 },
]);
const unsaid: SendAnswer = { outcome: 'accepted', providerMessageId: 'm', costMicros: null };

function costOf(
  channel: Channel,
  address: string,
  more: { content?: RenderedContent; answer?: SendAnswer; account?: string },
) {
  const step = { name: 'one', channel, provider: 'twilio' as const, template: 'tpl_1', timeoutSeconds: 30 };
  const identity = { flowId: 'f', workflowId: 'w', version: 1, mode: 'live' } as const;
  const flow = compileLadder({ name: 'f', purpose: 'otp', steps: [step] }, identity, PROVIDER_CATALOG);
  const rung = sendRungOf(flow, 0);
  if (!rung) throw new Error('no step');
  const request = { address, content: more.content ?? { text: 'hi' } };
  const { answer = unsaid, account = null } = more;
  return withCost(answer, { flow, rung, route: routeAt(rung, 0) }, request, account, prices);
}

describe('what an accepted send cost, where the provider did not say', () => {
  const long: RenderedContent = { text: 'hi', message: { as: 'sms', encoding: 'GSM-7', parts: 3 } };

  test('is the price of the number’s country, for each part', () => {
    expect(costOf('sms', '+393351234567', { account: 'pac_eu' })).toEqual({ ...unsaid, costMicros: 71_000 });
    expect(costOf('sms', '+393351234567', { account: 'pac_eu', content: long })).toMatchObject({ costMicros: 213_000 });
    expect(costOf('sms', '+4915112345678', { account: 'pac_eu', content: long })).toMatchObject({ costMicros: 60_000 });
  });

  test('is the provider’s price where the account that carried it has none', () => {
    expect(costOf('sms', '+393351234567', { account: 'pac_us' })).toMatchObject({ costMicros: 20_000 });
  });

  test('stays open where the table has no row for it', () => {
    expect(costOf('whatsapp', '+393351234567', {})).toBe(unsaid);
    expect(costOf('email', 'ann@example.com', {})).toBe(unsaid);
  });

  test('is what the provider says, where it does, and nothing for what was not taken', () => {
    const said: SendAnswer = { ...unsaid, costMicros: 5 };
    expect(costOf('sms', '+393351234567', { answer: said })).toBe(said);
    const refused: SendAnswer = { outcome: 'rejected', reason: 'unknown', code: null, retryAfterMs: null };
    expect(costOf('sms', '+393351234567', { answer: refused })).toBe(refused);
    expect(costOf('sms', '+393351234567', { answer: { outcome: 'uncertain' } })).toEqual({ outcome: 'uncertain' });
  });
});
