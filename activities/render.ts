import Mustache from 'mustache';
import type { RenderedContent, Template, TemplateContent } from '../schemas/template';

/**
 * A template in the recipient's language with its variables filled in. Logic-less (Mustache); what is plain text is not
 * escaped, HTML is.
 * @param locale such as `it` or `it-IT`: the exact one, else its language, else the template's own content
 */
export function render(
  template: Template,
  variables: Record<string, unknown>,
  locale: string | undefined,
): RenderedContent {
  const content = contentFor(template, locale);
  const rendered: RenderedContent = {};
  if (content.text !== undefined) rendered.text = fill(content.text, variables, plain);
  if (content.subject !== undefined) rendered.subject = fill(content.subject, variables, plain);
  if (content.title !== undefined) rendered.title = fill(content.title, variables, plain);
  if (content.html !== undefined) rendered.html = fill(content.html, variables, Mustache.escape);
  return rendered;
}

function contentFor(template: Template, locale: string | undefined): TemplateContent {
  if (!locale || !template.locales) return template.content;
  const language = locale.split(/[-_]/)[0] ?? locale;
  return template.locales[locale] ?? template.locales[language] ?? template.content;
}

function fill(text: string, variables: Record<string, unknown>, escaped: (value: string) => string): string {
  return text.includes('{{') ? Mustache.render(text, variables, undefined, { escape: escaped }) : text;
}

function plain(value: unknown): string {
  return String(value);
}
