import mustache from 'mustache';
import type { TemplateContent } from '../schemas/template';
import { BoundedWriter } from './bounded-fill';
import { contentTexts, fillContent } from './content-texts';

/** A name in a template: `{{user.name}}` is `user`. `section`: the outermost `{{#section}}` around it, or null. */
export interface TemplateVariable {
  name: string;
  section: string | null;
}

export type TemplateVariables = { ok: true; variables: TemplateVariable[] } | { ok: false; message: string };

/** Of mustache's tokens: kind, value, start, end, and the tokens inside a section. */
type Token = [string, string, number, number, ...unknown[]];

// Mustache keeps every text it ever parsed, so that drafts would fill the memory; its types do not know the switch.
const writer = Object.assign(new mustache.Writer(), { templateCache: undefined });
const drafts = Object.assign(new BoundedWriter(), { templateCache: undefined });

/** The variables of one text, in order of appearance, each once; or what is wrong with its braces. Never throws. */
export function textVariables(text: string): TemplateVariables {
  let tokens: Token[];
  try {
    tokens = writer.parse(text) as Token[];
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  const found = new Map<string, TemplateVariable>();
  const partial = collect(tokens, null, found);
  if (partial !== null) return { ok: false, message: `{{> ${partial}}}: a template cannot include another.` };
  return { ok: true, variables: [...found.values()] };
}

/** The variables of all texts of a content, those deep in a provider's own JSON too. */
export function contentVariables(content: TemplateContent): TemplateVariables {
  const variables: TemplateVariable[] = [];
  for (const { text } of contentTexts(content)) {
    const result = textVariables(text);
    if (!result.ok) return result;
    variables.push(...result.variables);
  }
  return { ok: true, variables };
}

/** Fills `found`; answers the name of a partial, where there is one. */
function collect(tokens: Token[], section: string | null, found: Map<string, TemplateVariable>): string | null {
  for (const [kind, value, , , inner] of tokens) {
    if (kind === '>') return value;
    if (kind !== 'name' && kind !== '&' && kind !== '#' && kind !== '^') continue;
    const name = value === '.' ? '' : (value.split('.')[0] ?? value);
    if (name !== '') found.set(`${section ?? ''} ${name}`, { name, section });
    if (!Array.isArray(inner)) continue;
    const partial = collect(inner as Token[], kind === '#' ? (section ?? name) : section, found);
    if (partial !== null) return partial;
  }
  return null;
}

/** The text with its variables filled in, nothing escaped; for reckoning with drafts, which are not worth keeping. */
export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return writer.render(text, values, undefined, { escape: String });
}

/**
 * The content as a send renders it; for drafts too, since nothing of it is kept.
 * @throws FilledTooLong
 */
export function fillDraft(content: TemplateContent, values: Readonly<Record<string, unknown>>): TemplateContent {
  return fillContent(content, (text, html) => drafts.fill(text, values, html ? mustache.escape : String));
}
