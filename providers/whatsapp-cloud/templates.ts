import type { Template, TemplateContent } from '../../schemas/template';
import type { Approval, Approvals } from '../contract';
import { ProviderRefused } from '../contract';
import { type Answer, objectIn } from '../http-call';
import { CODES } from './codes';
import { definitionOf } from './definition';
import { errorIn, type GraphAccount, graphCall } from './graph';
import { TEMPLATE_STATUSES } from './statuses';

/** "Content in this language already exists": it was asked for before. */
const ALREADY_THERE = '2388024';
/** The answer for a template of several languages: the first of these that one of them has. */
const WORST_FIRST: readonly Template['status'][] = ['rejected', 'paused', 'draft', 'submitted', 'approved'];

type Variant = { content: TemplateContent; whatsapp: NonNullable<TemplateContent['whatsapp']> };

/**
 * https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates. A template in
 * several languages is as many templates of Meta's; it is approved when all are.
 */
export function approvals(account: GraphAccount, unknownCode: (code: string) => void): Approvals {
  return {
    channels: ['whatsapp'],
    async submit(template) {
      const variants = variantsOf(template);
      if (variants.length === 0) throw new ProviderRefused('The template has no content for WhatsApp.', null);
      // All are made before one is sent: a later one that cannot be must not leave the first behind.
      const definitions = variants.map(({ content, whatsapp }) => definitionOf(content, whatsapp));
      const answers: Approval[] = [];
      for (const [index, variant] of variants.entries()) {
        answers.push(await submitOne(account, variant, definitions[index] as object, unknownCode));
      }
      return together(answers);
    },
    async fetch(template) {
      const found: (Approval | null)[] = [];
      for (const variant of variantsOf(template)) found.push(await fetchOne(account, variant, unknownCode));
      if (found.every((one) => one === null)) return null;
      return together(found.map((one) => one ?? { status: 'draft', reason: null, providerTemplateId: null }));
    },
  };
}

/** Content and locales with a template of Meta's, each name and language once. */
function variantsOf({ content, locales }: Template): Variant[] {
  const seen = new Set<string>();
  return [content, ...Object.values(locales ?? {})].flatMap((one) => {
    const { whatsapp } = one;
    const key = `${whatsapp?.name} ${whatsapp?.language}`;
    if (!whatsapp || seen.has(key)) return [];
    seen.add(key);
    return [{ content: one, whatsapp }];
  });
}

async function submitOne(
  account: GraphAccount,
  variant: Variant,
  definition: object,
  unknownCode: (code: string) => void,
): Promise<Approval> {
  const answer = await graphCall(account, 'POST', pathOf(account), definition);
  if (answer.status >= 200 && answer.status < 300) return approvalOf(objectIn(answer.text) ?? {}, unknownCode);
  if (errorIn(answer.text)?.subcode === ALREADY_THERE) {
    const there = await fetchOne(account, variant, unknownCode);
    if (there) return there;
  }
  throw refused(answer);
}

async function fetchOne(
  account: GraphAccount,
  { whatsapp: { name, language } }: Variant,
  unknownCode: (code: string) => void,
): Promise<Approval | null> {
  const query = new URLSearchParams({ name, fields: 'id,name,language,status,rejected_reason', limit: '200' });
  const answer = await graphCall(account, 'GET', `${pathOf(account)}?${query}`);
  if (answer.status !== 200) throw refused(answer);
  const data = objectIn(answer.text)?.data;
  if (!Array.isArray(data))
    throw new ProviderRefused('Meta answered with something that is no list of templates.', null);
  // `name` finds templates whose names hold it, too.
  const found = (data as Record<string, unknown>[]).find((one) => one.name === name && one.language === language);
  return found ? approvalOf(found, unknownCode) : null;
}

function approvalOf(given: Record<string, unknown>, unknownCode: (code: string) => void): Approval {
  const word = String(given.status ?? 'PENDING');
  const known = Object.hasOwn(TEMPLATE_STATUSES, word);
  if (!known) unknownCode(word);
  // A word that nobody knows yet is no approval.
  const status = known ? (TEMPLATE_STATUSES[word] ?? 'submitted') : 'submitted';
  const why =
    typeof given.rejected_reason === 'string' && given.rejected_reason !== 'NONE' ? given.rejected_reason : null;
  const plain = word === 'APPROVED' || word === 'PENDING' || word === 'REJECTED';
  return {
    status,
    reason: why ?? (plain ? null : word),
    providerTemplateId: given.id === undefined ? null : String(given.id),
  };
}

function together(all: readonly Approval[]): Approval {
  const status = WORST_FIRST.find((one) => all.some((approval) => approval.status === one)) ?? 'draft';
  const reason = all.find((approval) => approval.status === status && approval.reason !== null)?.reason ?? null;
  return { status, reason, providerTemplateId: all[0]?.providerTemplateId ?? null };
}

function pathOf({ businessAccountId }: GraphAccount): string {
  if (businessAccountId === null) {
    throw new ProviderRefused(
      'Templates belong to a WhatsApp Business Account: give the account’s `businessAccountId`.',
      null,
    );
  }
  return `${encodeURIComponent(businessAccountId)}/message_templates`;
}

function refused(answer: Answer): ProviderRefused {
  const error = errorIn(answer.text);
  if (!error) return new ProviderRefused(`Meta answered with ${answer.status}.`, String(answer.status));
  const code = error.subcode !== null && Object.hasOwn(CODES, error.subcode) ? error.subcode : error.code;
  return new ProviderRefused(error.words || (CODES[code]?.title ?? `Meta refused with ${code}.`), code);
}
