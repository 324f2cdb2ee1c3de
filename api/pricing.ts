import { addressFor } from '../core/address';
import { FilledTooLong } from '../core/bounded-fill';
import { readPhone } from '../core/phone';
import { type PriceSituation, pricedLadder } from '../core/prices';
import type { Recipient } from '../schemas/invocation';
import type { MessageForm } from '../schemas/template';
import { isTextChannel } from '../schemas/vocabulary';
import type { PreparedFlow } from './flow-cache';
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

/** What each step costs this person by the price table; null where that is what the ladder reckons anyway. */
export async function costsOf(
  services: Services,
  { ladder, sends }: PreparedFlow,
  recipient: Recipient,
  variables: Record<string, unknown>,
): Promise<readonly number[] | null> {
  const pricing = await pricingOf(services);
  if (pricing.prices.empty) return null;
  const forms = await formsOf(services, sends, recipient, variables);
  const read = recipient.phone === undefined ? null : readPhone(recipient.phone);
  const country = read?.ok ? read.country : null;
  return pricedLadder(ladder, { ...pricing, country, formOf: ({ index }) => forms.get(index) ?? null });
}

/** What each text goes out as for this person, by the step's number: every part of it is billed. */
async function formsOf(
  { store, renderer }: Services,
  sends: PreparedFlow['sends'],
  recipient: Recipient,
  variables: Record<string, unknown>,
): Promise<Map<number, MessageForm>> {
  const forms = new Map<number, MessageForm>();
  for (const { index, channel, template } of sends) {
    const address = addressFor(channel, recipient);
    const found = address && isTextChannel(channel) ? await store.templates.get(template) : null;
    if (!found || !address) continue;
    const form = formOf(renderer, found, variables, { locale: recipient.locale, address });
    if (form) forms.set(index, form);
  }
  return forms;
}

/** Null where it cannot be sent, so that it costs nothing: the send itself says why. */
function formOf(renderer: Services['renderer'], ...given: Parameters<Services['renderer']['render']>) {
  try {
    const { formed } = renderer.render(...given);
    return formed?.ok ? formed.form : null;
  } catch (error) {
    if (error instanceof FilledTooLong) return null;
    throw error;
  }
}
