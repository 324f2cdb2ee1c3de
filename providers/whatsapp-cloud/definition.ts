import type { TemplateContent } from '../../schemas/template';
import { ProviderRefused } from '../contract';

type WhatsappContent = NonNullable<TemplateContent['whatsapp']>;
type Part = Record<string, unknown>;

/** Seconds: https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/time-to-live */
const TIME_TO_LIVE = {
  AUTHENTICATION: { min: 30, max: 900 },
  UTILITY: { min: 30, max: 43_200 },
  MARKETING: { min: 43_200, max: 2_592_000 },
} as const;

/**
 * What Meta is asked to approve. Our template has the parameters that a send gives; the words around them are its `text`
 * (and `title`, for a header), in which each parameter's variable stands. Of an authentication template Meta has the words.
 * @throws ProviderRefused for what cannot be made of it
 */
export function definitionOf(content: TemplateContent, whatsapp: WhatsappContent): object {
  const { name, language, category } = whatsapp;
  if (!category) refuse('Meta asks for a category: AUTHENTICATION, MARKETING or UTILITY.');
  const parts = (whatsapp.components ?? []) as Part[];
  const named = parts.some((part) => parametersOf(part).some(({ parameter_name: given }) => given !== undefined));
  return {
    name,
    language,
    category,
    ...(named ? { parameter_format: 'NAMED' } : {}),
    ...timeToLive(whatsapp),
    components: category === 'AUTHENTICATION' ? authentication(parts) : worded(content, parts),
  };
}

function timeToLive({ category, ttlSeconds }: WhatsappContent): { message_send_ttl_seconds?: number } {
  if (ttlSeconds === undefined || !category) return {};
  const { min, max } = TIME_TO_LIVE[category];
  if (ttlSeconds < min || ttlSeconds > max) {
    refuse(`Meta takes a time to live of ${min} to ${max} s for ${category}, and ${ttlSeconds} s is not one.`);
  }
  return { message_send_ttl_seconds: ttlSeconds };
}

/** https://developers.facebook.com/docs/whatsapp/business-management-api/authentication-templates */
function authentication(parts: readonly Part[]): object[] {
  const button = parts.some((part) => kindOf(part) === 'BUTTON');
  return [
    { type: 'BODY', add_security_recommendation: true },
    ...(button ? [{ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }] : []),
  ];
}

/** https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components */
function worded({ text, title }: TemplateContent, parts: readonly Part[]): object[] {
  if (text === undefined) refuse('Meta reads the words of a template: give them as `text`, beside `whatsapp`.');
  const unknown = parts.map(kindOf).find((kind) => kind !== 'BODY' && kind !== 'HEADER');
  if (unknown) {
    refuse(`The words of a ${unknown} are not in the parameters of a send: make this template in WhatsApp Manager.`);
  }
  const of = (kind: string) => parts.filter((part) => kindOf(part) === kind).flatMap(parametersOf);
  if (title === undefined && of('HEADER').length > 0) {
    refuse('A header of a text has its words in `title`; one of media has to be made in WhatsApp Manager.');
  }
  return [
    ...(title === undefined
      ? []
      : [{ type: 'HEADER', format: 'TEXT', ...withParameters('header', title, of('HEADER')) }]),
    { type: 'BODY', ...withParameters('body', text, of('BODY')) },
  ];
}

/** `{{code}}` becomes the place of the parameter that is filled with it: its number, or its name where it has one. */
function withParameters(part: 'header' | 'body', text: string, parameters: readonly Part[]): object {
  const places = parameters.map((parameter, index) => ({
    place: String(parameter.parameter_name ?? index + 1),
    variable: variableIn(parameter.text),
  }));
  const words = text.replace(/\{\{\{?\s*([\w.]+)\s*\}?\}\}/g, (_, variable: string) => {
    const found = places.find((one) => one.variable === variable);
    if (!found) refuse(`{{${variable}}} stands in the words, and no parameter of the ${part} is filled with it alone.`);
    return `{{${found.place}}}`;
  });
  if (places.length === 0) return { text: words };
  // Meta asks for an example of each; the variable's own name is one.
  const sample = (variable: string | null, place: string) => variable ?? place;
  const isNamed = parameters.some(({ parameter_name: given }) => given !== undefined);
  const listed = places.map(({ place, variable }) => sample(variable, place));
  const example = isNamed
    ? {
        [`${part}_text_named_params`]: places.map(({ place }, index) => ({
          param_name: place,
          example: listed[index],
        })),
      }
    : { [`${part}_text`]: part === 'body' ? [listed] : listed };
  return { text: words, example };
}

function variableIn(text: unknown): string | null {
  return typeof text === 'string' ? (/^\{\{\{?\s*([\w.]+)\s*\}?\}\}$/.exec(text)?.[1] ?? null) : null;
}

function parametersOf({ parameters }: Part): Part[] {
  return Array.isArray(parameters) ? (parameters as Part[]) : [];
}

function kindOf({ type }: Part): string {
  return String(type).toUpperCase();
}

function refuse(words: string): never {
  throw new ProviderRefused(words, null);
}
