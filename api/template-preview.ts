import type { Rendering } from '../activities/contract';
import { addressFor } from '../core/address';
import { FILLED_LENGTH_MAX, FilledTooLong } from '../core/bounded-fill';
import { factsOf } from '../core/ladder';
import { readPhone } from '../core/phone';
import { contentVariables } from '../core/template-variables';
import type { MessageForm, Template } from '../schemas/template';
import {
  type ContentPreview,
  contentPreviewSchema,
  type Previewed,
  previewedSchema,
  type TemplatePreview,
  templatePreviewSchema,
} from '../schemas/template-requests';
import type { Channel, Provider } from '../schemas/vocabulary';
import { FLOW_VIEW } from './flows';
import { judgeTemplate } from './judge-template';
import { pricingOf } from './pricing';
import { invalid, notFound } from './problem';
import { type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { NO_TEMPLATE } from './templates';

/** What a person would get, and what it would cost; nothing is sent and nothing is kept. */
export function templatePreviewRoutes(services: Services): Route[] {
  return [
    route<TemplatePreview>({
      method: 'POST',
      path: '/v1/templates/{id}/preview',
      summary: 'What a person would get of it',
      tag: 'templates',
      access: FLOW_VIEW,
      body: templatePreviewSchema,
      bodyOptional: true,
      responses: { 200: previewedSchema },
      async handle({ params, body }) {
        const template = await services.store.templates.get(params.id ?? '');
        if (!template) return notFound('This template', NO_TEMPLATE);
        return preview(services, template, body);
      },
    }),
    route<ContentPreview>({
      method: 'POST',
      path: '/v1/templates/preview',
      summary: 'What a person would get of a content that is not stored yet',
      tag: 'templates',
      access: FLOW_VIEW,
      body: contentPreviewSchema,
      responses: { 200: previewedSchema },
      async handle({ body }) {
        const errors = judgeTemplate(body);
        if (errors.length > 0) return invalid(errors);
        return preview(services, body, body);
      },
    }),
  ];
}

type Drawn = Pick<Template, 'channel' | 'content' | 'locales'>;

async function preview(services: Services, drawn: Drawn, asked: TemplatePreview): Promise<ApiResponse> {
  try {
    return { status: 200, body: await previewed(services, drawn, asked) };
  } catch (error) {
    if (!(error instanceof FilledTooLong)) throw error;
    const message = `With these variables a text of it comes to more than ${FILLED_LENGTH_MAX} characters.`;
    return invalid([{ pointer: '/variables', message }]);
  }
}

async function previewed(
  services: Services,
  { channel, content, locales }: Drawn,
  asked: TemplatePreview,
): Promise<Previewed> {
  const { variables = {}, recipient } = asked;
  const address = recipient ? (addressFor(channel, recipient) ?? '') : '';
  const locale = asked.locale ?? recipient?.locale;
  const rendering = services.renderer.render({ channel, content, locales }, variables, { locale, address });
  const { formed } = rendering;
  const message = formed?.ok ? { ...formed.form, characters: formed.characters, bytes: formed.bytes } : null;
  const parts = formed?.ok === false ? 0 : (message?.parts ?? 1);
  return {
    content: rendering.content,
    locale: rendering.locale,
    message,
    refused: formed?.ok === false ? formed.code : null,
    ...(await costOf(services, { channel, provider: asked.provider, address, parts, as: message?.as })),
    missing: missingIn(rendering, variables),
  };
}

/** What a message of so many parts costs: by the price table, else as the provider is reckoned. */
async function costOf(services: Services, { channel, provider: named, address, parts, as }: Priced) {
  const [name, account = null] = (named ?? carrierOf(services, channel)).split(':');
  const carrier = { provider: name as Provider, account };
  const facts = factsOf(services.catalog, carrier);
  const currency = facts?.currency ?? 'EUR';
  const { prices, accountOf } = await pricingOf(services);
  const read = address.startsWith('+') ? readPhone(address) : null;
  const country = read?.ok ? read.country : null;
  const question = { ...carrier, account: accountOf(carrier), channel, as, country, currency };
  const aPart = prices.costOf(question) ?? facts?.costMicros[channel] ?? 0;
  return { costMicros: aPart * parts, currency };
}

interface Priced {
  channel: Channel;
  provider: string | undefined;
  address: string;
  parts: number;
  as: MessageForm['as'] | undefined;
}

/** Whoever is set up to carry the channel; the sandbox where nobody is. */
function carrierOf({ providers }: Services, channel: Channel): string {
  const real = providers.all().filter(({ provider }) => provider !== 'sandbox');
  const carrier = real.find(({ adapter }) => adapter.facts.receipts[channel] !== undefined);
  return carrier ? `${carrier.provider}:${carrier.id}` : 'sandbox';
}

/** A name inside `{{#items}}` may be the item's own, and is not missed. */
function missingIn({ original }: Rendering, variables: Record<string, unknown>): string[] {
  const result = contentVariables(original);
  if (!result.ok) return [];
  const given = (name: string) => Object.hasOwn(variables, name) && variables[name] !== null;
  const missing = result.variables.filter(({ name, section }) => !given(name) && !(section !== null && given(section)));
  return [...new Set(missing.map(({ name }) => name))];
}
