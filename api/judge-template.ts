import { contentTexts } from '../core/content-texts';
import { normalLocale } from '../core/locale';
import { textVariables } from '../core/template-variables';
import { pointerToken } from '../schemas/explain';
import { isTooDeep } from '../schemas/forbidden-keys';
import type { FieldError } from '../schemas/problem';
import type { Template, TemplateContent, TemplateWrite } from '../schemas/template';
import type { Channel } from '../schemas/vocabulary';

type Field = keyof TemplateContent;

interface ChannelContent {
  /** One of these ways to fill it is needed: each a list of fields that stand together. */
  needs: readonly (readonly Field[])[];
  /** What makes sense beside it. */
  allows: readonly Field[];
}

const CHANNEL_CONTENT: Record<Exclude<Channel, 'webhook'>, ChannelContent> = {
  sms: { needs: [['text']], allows: [] },
  // An LMS has a subject line.
  lms: { needs: [['text']], allows: ['subject'] },
  xms: { needs: [['text']], allows: ['subject'] },
  whatsapp: { needs: [['text'], ['whatsapp'], ['twilio']], allows: [] },
  rcs: { needs: [['text'], ['rcs'], ['twilio']], allows: [] },
  email: {
    needs: [
      ['subject', 'text'],
      ['subject', 'html'],
    ],
    allows: [],
  },
  push: { needs: [['text'], ['title']], allows: ['push'] },
  messenger: { needs: [['text'], ['line'], ['kakao']], allows: [] },
  inapp: { needs: [['text']], allows: ['title', 'push'] },
};

/** A LINE Flex message of boxes in boxes goes some 20 levels deep. */
const CONTENT_DEPTH_MAX = 32;
/** Of one language's JSON, e-mail aside: what the providers themselves take is less. */
const PIECES_BYTES_MAX = 65_536;

/** What the schema cannot tell of a template's contents, in every language. */
export function judgeTemplate({
  channel,
  content,
  locales,
}: Pick<TemplateWrite, 'channel' | 'content' | 'locales'>): FieldError[] {
  const errors = judgeContent(channel, content, '/content');
  const seen = new Map<string, string>();
  for (const [locale, other] of Object.entries(locales ?? {})) {
    const pointer = `/locales/${pointerToken(locale)}`;
    const twin = seen.get(normalLocale(locale));
    if (twin !== undefined) errors.push({ pointer, message: `“${locale}” and “${twin}” are the same language.` });
    seen.set(normalLocale(locale), locale);
    // The schema lets only contents in.
    errors.push(...judgeContent(channel, other as TemplateContent, pointer));
  }
  return errors;
}

function judgeContent(channel: Channel, content: TemplateContent, pointer: string): FieldError[] {
  const misplaced = channel === 'webhook' ? [] : judgeFields(channel, content, pointer);
  const size = misplaced.length > 0 ? [] : judgeSize(content, pointer);
  return misplaced.length + size.length > 0 ? [...misplaced, ...size] : judgeBraces(content, pointer);
}

function judgeFields(channel: Exclude<Channel, 'webhook'>, content: TemplateContent, pointer: string): FieldError[] {
  const { needs, allows } = CHANNEL_CONTENT[channel];
  const has = (field: Field) => content[field] !== undefined;
  if (!needs.some((fields) => fields.every(has))) {
    const ways = needs.map((fields) => fields.map((field) => `“${field}”`).join(' and ')).join(', or ');
    return [
      { pointer: `${pointer}/${firstMissing(needs, has)}`, message: `For ${channel} the content needs ${ways}.` },
    ];
  }
  const known = [...new Set([...needs.flat(), ...allows])];
  return (Object.keys(content) as Field[])
    .filter((field) => !known.includes(field))
    .map((field) => ({
      pointer: `${pointer}/${field}`,
      message: `A content for ${channel} has no “${field}”; it may have ${known.map((name) => `“${name}”`).join(', ')}.`,
    }));
}

/** Of the way that is nearest to what is there. */
function firstMissing(needs: ChannelContent['needs'], has: (field: Field) => boolean): Field {
  const missing = needs.map((fields) => fields.filter((field) => !has(field)));
  return missing.sort((a, b) => a.length - b.length)[0]?.[0] ?? 'text';
}

function judgeSize({ text, subject, title, html, ...pieces }: TemplateContent, pointer: string): FieldError[] {
  const json = JSON.stringify(pieces);
  if (Buffer.byteLength(json) > PIECES_BYTES_MAX) {
    return [{ pointer, message: `The providers’ JSON in it has more than ${PIECES_BYTES_MAX} bytes.` }];
  }
  if (!isTooDeep(json, CONTENT_DEPTH_MAX)) return [];
  return [{ pointer, message: `The providers’ JSON in it nests deeper than ${CONTENT_DEPTH_MAX} levels.` }];
}

function judgeBraces(content: TemplateContent, pointer: string): FieldError[] {
  return contentTexts(content).flatMap((one) => {
    const result = textVariables(one.text);
    if (result.ok) return [];
    return [{ pointer: pointer + one.pointer, message: `Its variables cannot be read: ${result.message}` }];
  });
}

/** Whether the content is one that WhatsApp, an RCS platform or Kakao has to see first. */
export function needsApproval({
  channel,
  content,
  locales,
}: Pick<Template, 'channel' | 'content' | 'locales'>): boolean {
  if (channel === 'whatsapp' || channel === 'rcs') return true;
  const contents = [content, ...Object.values(locales ?? {})] as TemplateContent[];
  return channel === 'messenger' && contents.some(({ kakao }) => kakao !== undefined);
}
