import Mustache from 'mustache';
import { BoundedWriter } from '../core/bounded-fill';
import { fillContent } from '../core/content-texts';
import { chooseLocale } from '../core/locale';
import { fillDraft } from '../core/template-variables';
import type { RenderedContent, Template, TemplateContent } from '../schemas/template';
import { type Channel, isTextChannel } from '../schemas/vocabulary';
import type { Renderer, Rendering } from './contract';
import { type Formed, formText } from './message-form';

const writer = new BoundedWriter();

/**
 * A template in the recipient's language with its variables filled in. Logic-less (Mustache); what is plain text is not
 * escaped, HTML is.
 * @param locale such as `it` or `it-IT`: the nearest that there is, else the template's own content
 * @throws FilledTooLong
 */
export function render(
  template: Pick<Template, 'content' | 'locales'>,
  variables: Record<string, unknown>,
  locale: string | undefined,
): RenderedContent {
  const content = contentIn(template, chooseLocale(template.locales, locale));
  return fillContent(content, (text, html) => fill(text, variables, html ? Mustache.escape : plain));
}

/** What the text of a message goes out as; null for a channel that has no such form, or where there is no text. */
export function formOf(channel: Channel, { text }: RenderedContent, address: string): Formed | null {
  return isTextChannel(channel) && text !== undefined ? formText(channel, text, address) : null;
}

/** Renders what is only looked at: texts that nobody sends are not kept parsed. */
export const draftRenderer: Renderer = {
  render({ channel, ...template }, variables, { locale, address }): Rendering {
    const chosen = chooseLocale(template.locales, locale);
    const original = contentIn(template, chosen);
    const content = fillDraft(original, variables);
    return { original, content, locale: chosen, formed: formOf(channel, content, address) };
  },
};

function contentIn({ content, locales }: Pick<Template, 'content' | 'locales'>, locale: string | null) {
  // The schema lets only contents in.
  return locale === null ? content : ((locales?.[locale] as TemplateContent | undefined) ?? content);
}

function fill(text: string, variables: Record<string, unknown>, escaped: (value: string) => string): string {
  return text.includes('{{') ? writer.fill(text, variables, escaped) : text;
}

function plain(value: unknown): string {
  return String(value);
}
