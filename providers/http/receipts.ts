import type { Receipt } from '../../schemas/receipt';
import type { WebhookRequest } from '../contract';
import { codeOf, idOf, toldBy } from './answer';
import { atPointer, microsOf, parseJson, textOf, timeOf } from './locate';
import type { Codes, ReceiptSettings } from './settings';

/** The most that `POST /v1/receipts` takes at once, and so do we. */
const LIST_MAX = 1000;

/**
 * The receipts in a call of a gateway.
 * @throws SyntaxError for a body that cannot be read, TypeError for one that is no receipt
 */
export function receiptsIn(
  how: ReceiptSettings,
  codes: Codes,
  request: WebhookRequest,
  unknown: (code: string) => void,
): Receipt[] {
  if (request.method === 'GET' && how.format !== 'query') throw new TypeError('a receipt of this gateway is a POST');
  const document = documentOf(how, request);
  const found = how.list === undefined ? document : atPointer(document, how.list);
  const items = Array.isArray(found) ? found : [found];
  if (items.length > LIST_MAX) throw new TypeError(`more than ${LIST_MAX} receipts at once`);
  return items.flatMap((item) => receiptIn(how, { ...codes, ...how.codes }, item, request, unknown));
}

function documentOf({ format }: ReceiptSettings, { body, query }: WebhookRequest): unknown {
  if (format === 'json') return parseJson(body.toString('utf8'));
  return Object.fromEntries(format === 'query' ? query : new URLSearchParams(body.toString('utf8')));
}

function receiptIn(
  how: ReceiptSettings,
  codes: Codes,
  item: unknown,
  { query }: WebhookRequest,
  unknown: (code: string) => void,
): Receipt[] {
  const read = (field: string | undefined): string | null => {
    if (field === undefined) return null;
    if (field.startsWith('query:')) return textOf(query.get(field.slice('query:'.length)) ?? undefined);
    return textOf(atPointer(item, field.startsWith('/') ? field : `/${escapeStep(field)}`));
  };
  const theirs = read(how.status);
  if (theirs === null) throw new TypeError('a receipt without a status');
  const code = codeOf(read(how.code));
  const told = toldBy(how.statuses, codes, theirs, code, unknown);
  if (!told) return [];
  const ref = idOf(read(how.ref ?? 'query:ref'));
  const providerMessageId = idOf(read(how.providerMessageId));
  if (ref === null && providerMessageId === null) throw new TypeError('a receipt that names no message');
  const at = how.at ? timeOf(read(how.at.field), how.at.format) : null;
  const costMicros = how.cost ? microsOf(read(how.cost.field), how.cost.unit) : null;
  return [
    {
      ...(ref === null ? {} : { ref }),
      provider: 'http',
      providerMessageId,
      status: told.status,
      reason: told.reason,
      code,
      ...(at === null ? {} : { at: new Date(at).toISOString() }),
      ...(costMicros === null ? {} : { costMicros }),
      // Only what is no address and no text: the rest of the body is the gateway's own affair.
      raw: { status: theirs.slice(0, 64), ...(code === null ? {} : { code }) },
    },
  ];
}

function escapeStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
