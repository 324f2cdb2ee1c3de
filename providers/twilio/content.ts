import type { Template } from '../../schemas/template';
import type { Approval, Approvals, ProviderWorld } from '../contract';
import { ProviderRefused } from '../contract';
import type { Exchanged, TwilioApi } from './api';
import { approvalStatuses } from './statuses';

/** Of several languages the one that is furthest from being sent stands for the template. */
const WORST_FIRST: readonly Template['status'][] = ['rejected', 'paused', 'draft', 'submitted', 'approved'];
/** "The template associated with this SID has already been submitted for approval." */
const ALREADY_SUBMITTED = '92009';
const CATEGORY = 'UTILITY';

/**
 * Templates of the Content API (https://www.twilio.com/docs/content/content-api-resources). WhatsApp approves them one
 * language at a time; RCS sends them unapproved, once they are there.
 */
export function createApprovals(api: TwilioApi, world: Pick<ProviderWorld, 'unknownCode'>): Approvals {
  const oneByOne = async (template: Template, ask: (sid: string) => Promise<Approval | null>) => {
    const found: Approval[] = [];
    for (const sid of sidsOf(template)) {
      const approval = await ask(sid);
      if (approval === null) return null;
      found.push(approval);
    }
    return worstOf(found);
  };
  return {
    channels: ['whatsapp', 'rcs'],
    async submit(template) {
      const ask = (sid: string) =>
        template.channel === 'rcs' ? existing(api, sid) : submitToWhatsapp(api, world, sid, template);
      const approval = await oneByOne(template, ask);
      if (approval) return approval;
      throw new ProviderRefused('The template names no content of Twilio’s that there is: “twilio.contentSid”.', null);
    },
    fetch: (template) =>
      oneByOne(template, (sid) =>
        template.channel === 'rcs' ? existing(api, sid) : fetchFromWhatsapp(api, world, sid),
      ),
  };
}

/** Each language has a content of its own. */
function sidsOf({ content, locales = {} }: Template): string[] {
  const sids = [content, ...Object.values(locales)].flatMap(({ twilio }) => (twilio ? [twilio.contentSid] : []));
  return [...new Set(sids)];
}

function worstOf(approvals: readonly Approval[]): Approval | null {
  const [first] = approvals;
  if (!first) return null;
  const worst = WORST_FIRST.flatMap((status) => approvals.find((approval) => approval.status === status) ?? [])[0];
  return { ...(worst ?? first), providerTemplateId: first.providerTemplateId };
}

async function submitToWhatsapp(
  api: TwilioApi,
  world: Pick<ProviderWorld, 'unknownCode'>,
  sid: string,
  template: Template,
): Promise<Approval | null> {
  const { whatsapp } = template.content;
  const request = { name: whatsapp?.name ?? nameOf(template), category: whatsapp?.category ?? CATEGORY };
  const exchanged = await api.ask((client) => client.content.v1.contents(sid).approvalCreate.create(request));
  if (exchanged.ok) return approvalOf(sid, exchanged.value.status, exchanged.value.rejectionReason, world);
  if (exchanged.code === ALREADY_SUBMITTED) return fetchFromWhatsapp(api, world, sid);
  throw refused(exchanged);
}

async function fetchFromWhatsapp(
  api: TwilioApi,
  world: Pick<ProviderWorld, 'unknownCode'>,
  sid: string,
): Promise<Approval | null> {
  const exchanged = await api.ask((client) => client.content.v1.contents(sid).approvalFetch().fetch());
  if (exchanged.ok) {
    const { status, rejection_reason } = (exchanged.value.whatsapp ?? {}) as Record<string, unknown>;
    return approvalOf(sid, status ?? 'unsubmitted', rejection_reason, world);
  }
  if (exchanged.answer.status === 404) return null;
  throw refused(exchanged);
}

async function existing(api: TwilioApi, sid: string): Promise<Approval | null> {
  const exchanged = await api.ask((client) => client.content.v1.contents(sid).fetch());
  if (exchanged.ok) return { status: 'approved', reason: null, providerTemplateId: sid };
  if (exchanged.answer.status === 404) return null;
  throw refused(exchanged);
}

function approvalOf(
  sid: string,
  said: unknown,
  why: unknown,
  { unknownCode }: Pick<ProviderWorld, 'unknownCode'>,
): Approval {
  const word = String(said).toLowerCase();
  const reason = typeof why === 'string' && why !== '' ? why : null;
  if (Object.hasOwn(approvalStatuses, word)) {
    const status = approvalStatuses[word] ?? 'draft';
    return { status, reason: reason ?? (word === 'disabled' ? 'disabled by WhatsApp' : null), providerTemplateId: sid };
  }
  // Not sent with until somebody knows what it means.
  unknownCode(word.slice(0, 64));
  return { status: 'paused', reason: reason ?? `Twilio says “${word.slice(0, 64)}”`, providerTemplateId: sid };
}

/** WhatsApp takes lower-case letters, digits and underscores. */
function nameOf({ id }: Template): string {
  return id.toLowerCase().replace(/[^a-z0-9_]/g, '_');
}

function refused({ code, message, answer }: Extract<Exchanged<unknown>, { ok: false }>): ProviderRefused {
  return new ProviderRefused(message ?? `Twilio answered with status ${answer.status}.`, code ?? String(answer.status));
}
