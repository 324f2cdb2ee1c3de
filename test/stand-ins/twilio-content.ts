import type { StandInAnswer, StandInRequest } from './stand-in';
import { error } from './twilio-request';

export const ACCOUNT_SID = 'AC00000000000000000000000000c0ffee';
export const CONTENT_SID = 'HX00000000000000000000000000c0ffee';

/** A template of the Content API. */
export interface Content {
  status: string;
  rejectionReason: string;
  /** What it was submitted with. */
  submitted: { name: string; category: string } | null;
}

/** https://www.twilio.com/docs/content/content-api-resources; null for a path that is none of its own. */
export function contentRoute(
  { method, path, headers, body }: StandInRequest,
  contents: ReadonlyMap<string, Content>,
  complaints: string[],
): StandInAnswer | null {
  const [, sid, what] = /^[/]v1[/]Content[/](HX[0-9a-f]{32})(|[/]ApprovalRequests(?:[/]whatsapp)?)$/.exec(path) ?? [];
  if (sid === undefined) return null;
  const content = contents.get(sid);
  if (!content) return error(404, '20404', `The requested resource /Content/${sid} was not found`);
  const whatsapp = () => ({
    type: 'whatsapp',
    name: content.submitted?.name ?? '',
    category: content.submitted?.category ?? '',
    content_type: 'twilio/text',
    status: content.status,
    rejection_reason: content.rejectionReason,
    allow_category_change: true,
  });
  if (method === 'GET' && what === '') return { status: 200, body: { sid, account_sid: ACCOUNT_SID, language: 'en' } };
  if (method === 'GET' && what === '/ApprovalRequests') {
    return { status: 200, body: { sid, account_sid: ACCOUNT_SID, url: path, whatsapp: whatsapp() } };
  }
  if (method !== 'POST' || what !== '/ApprovalRequests/whatsapp') return null;
  const { name, category } = JSON.parse(body.toString('utf8')) as Record<string, string | undefined>;
  const isName = /^[a-z0-9_]{1,512}$/.test(name ?? '');
  const isCategory = ['UTILITY', 'MARKETING', 'AUTHENTICATION'].includes(category ?? '');
  if (!isName || !isCategory || headers['content-type'] !== 'application/json') {
    complaints.push('an approval request has a name of lower-case letters, digits and underscores, and a category');
    return error(400, '20422', 'Invalid Parameter');
  }
  if (content.submitted) return error(400, '92009', 'The template has already been submitted for approval.');
  Object.assign(content, { submitted: { name, category }, status: 'received' });
  return { status: 201, body: whatsapp() };
}
