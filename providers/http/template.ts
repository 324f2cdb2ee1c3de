import Mustache from 'mustache';
import type { RenderedContent } from '../../schemas/template';

/** What a value is written as where it stands, so that it cannot end what it stands in. */
export type Escape = (value: string) => string;

/** Of every request. */
export const ALWAYS = ['ref', 'callbackUrl', 'secretCallbackUrl', 'channel'] as const;
/** Of the message itself. */
export const OF_A_SEND = [
  ...ALWAYS,
  'address',
  'text',
  'subject',
  'html',
  'title',
  'validitySeconds',
  'invocationId',
  'step',
  'attempt',
  'purpose',
  'template',
  'locale',
  'encoding',
  'parts',
] as const;
/** Of a message that was sent before. */
export const OF_A_QUESTION = [...ALWAYS, 'providerMessageId'] as const;

export interface View {
  /** The rendered content whole, for `$content`. */
  content: RenderedContent;
  values: Readonly<Record<string, string>>;
  credentials: Readonly<Record<string, string>>;
}

const CREDENTIAL = /^credentials\.([A-Za-z0-9_-]+)$/;

/** A template names a credential that the account does not have. */
export class MissingCredential extends Error {
  constructor(readonly credential: string) {
    super(`the account has no credential named ${credential}`);
    this.name = 'MissingCredential';
  }
}

/** @throws MissingCredential rather than send a request that is sure to be refused, or worse */
export function fill(template: string, { values, credentials }: View, escaped: Escape): string {
  if (!template.includes('{{')) return template;
  for (const name of namesIn(template)) {
    const credential = CREDENTIAL.exec(name)?.[1];
    if (credential !== undefined && !Object.hasOwn(credentials, credential)) throw new MissingCredential(credential);
  }
  // Without a prototype: only what was put there is found.
  const view = Object.assign(Object.create(null), values, {
    credentials: Object.assign(Object.create(null), credentials),
  });
  return Mustache.render(template, view, undefined, { escape: (value) => escaped(String(value)) });
}

/** What is wrong with a template, in a sentence; null for a good one. */
export function judgeTemplate(template: string, allowed: readonly string[]): string | null {
  let tags: Tag[];
  try {
    tags = tagsIn(template);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return `The template does not parse: ${says.slice(0, 200)}.`;
  }
  for (const { kind, name } of tags) {
    if (kind === '&') return `{{{${name}}}} would not be escaped. Write {{${name}}}.`;
    if (kind === '>') return 'A template cannot include another one.';
    if (kind === '=') return 'A template cannot change its delimiters.';
    if (kind === '!') continue;
    if (!allowed.includes(name) && !CREDENTIAL.test(name)) {
      return `There is no {{${name}}} here. There are: ${allowed.join(', ')}, and credentials.<name>.`;
    }
  }
  return null;
}

/** The variables that a template uses. */
export function namesIn(template: string): string[] {
  return tagsIn(template).flatMap(({ kind, name }) => (kind === '!' ? [] : [name]));
}

interface Tag {
  kind: string;
  name: string;
}

/** @throws Error where it does not parse */
function tagsIn(template: string): Tag[] {
  const found: Tag[] = [];
  const walk = (tokens: unknown[]) => {
    for (const token of tokens as unknown[][]) {
      const [kind, name, , , inner] = token;
      if (kind !== 'text') found.push({ kind: String(kind), name: String(name) });
      if (Array.isArray(inner)) walk(inner);
    }
  };
  walk(Mustache.parse(template));
  return found;
}

export const asItIs: Escape = (value) => value;

/** RFC 3986, with half a surrogate pair, which has no UTF-8, replaced. */
export const forUrl: Escape = (value) => encodeURIComponent(Buffer.from(value).toString());

/** Whatever a header cannot hold (RFC 9110, 5.5) is percent-encoded: a line break cannot begin another one. */
export const forHeader: Escape = (value) => value.replace(/[^\x20-\x7e]+/g, forUrl);

/** XML 1.0, 2.2 and 2.4; characters that XML does not have at all are left out. */
export const forXml: Escape = (value) =>
  Buffer.from(value)
    .toString()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML does not have.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"'\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Between the quotes of a JSON string. */
export const forJson: Escape = (value) => JSON.stringify(value).slice(1, -1);

/** How a value is escaped in a body of that type. */
export function escapeFor(contentType: string): Escape {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  // Wherever the word stands: `application/x-ndjson` and `application/json-rpc` are JSON, too.
  if (/xml|html/.test(type)) return forXml;
  if (/json/.test(type)) return forJson;
  return type === 'application/x-www-form-urlencoded' ? forUrl : asItIs;
}
