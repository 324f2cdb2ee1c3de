import type { TemplateContent } from '../schemas/template';

/** The parts of a content that hold JSON of a provider's own: variables stand in any string of them, at any depth. */
const PIECES = ['whatsapp', 'twilio', 'push', 'rcs', 'line', 'kakao'] as const;

/** One string of a content that may hold variables. */
export interface ContentText {
  /** RFC 6901, into the content. */
  pointer: string;
  text: string;
}

/** Every string that a content fills its variables into, in order: what is not here is not filled. Keys are not. */
export function contentTexts(content: TemplateContent): ContentText[] {
  const found: ContentText[] = [];
  for (const name of ['text', 'subject', 'title', 'html', ...PIECES] as const)
    collect(content[name], `/${name}`, found);
  return found;
}

function collect(value: unknown, pointer: string, found: ContentText[]): void {
  if (typeof value === 'string') found.push({ pointer, text: value });
  else if (typeof value === 'object' && value !== null) {
    // Of an array these are its places, from 0.
    for (const [key, child] of Object.entries(value)) {
      collect(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, found);
    }
  }
}

/** `html`: the text is HTML, so that what is filled in has to be escaped. */
export type FillText = (text: string, html: boolean) => string;

/** The content with each of its texts filled; the one that was given stays as it is. */
export function fillContent(content: TemplateContent, fill: FillText): TemplateContent {
  const { text, subject, title, html } = content;
  const filled: TemplateContent = {};
  if (text !== undefined) filled.text = fill(text, false);
  if (subject !== undefined) filled.subject = fill(subject, false);
  if (title !== undefined) filled.title = fill(title, false);
  if (html !== undefined) filled.html = fill(html, true);
  // Most contents are a text alone, and have nothing to be walked.
  for (const name of PIECES) if (content[name] !== undefined) fillPiece(content, filled, name, fill);
  return filled;
}

function fillPiece<K extends (typeof PIECES)[number]>(
  content: TemplateContent,
  filled: TemplateContent,
  name: K,
  fill: FillText,
): void {
  filled[name] = deep(content[name], fill) as TemplateContent[K];
}

/** The same JSON with its strings filled: its shape does not change, whatever a variable holds. */
function deep(value: unknown, fill: FillText): unknown {
  if (typeof value === 'string') return fill(value, false);
  if (Array.isArray(value)) return value.map((item) => deep(item, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, deep(child, fill)]));
}
