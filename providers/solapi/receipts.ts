import type { News } from '../../core/input';
import type { Receipt } from '../../schemas/receipt';
import { isDateTime } from '../../schemas/validate';
import { reasonOf } from '../codes';
import { CODES, statusOf } from './codes';

type Unknown = (code: string) => void;

/** What a status code says; null for one that says nothing that a receipt could say. */
export function toldBy(code: string | null, unknown: Unknown): Pick<News, 'status' | 'reason' | 'code'> | null {
  if (code === null) return null;
  const status = statusOf(code);
  if (status === null) {
    if (code !== '2100') unknown(code);
    return null;
  }
  const failed = status === 'failed' || status === 'undelivered';
  return { status, reason: failed ? reasonOf(CODES, code, unknown) : null, code };
}

/**
 * The reports of single messages in a webhook; those of groups only count and name nobody.
 * @throws SyntaxError for a body that is no JSON, TypeError for one that is no report
 */
export function receiptsIn(body: Buffer, unknown: Unknown): Receipt[] {
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((item: unknown) => {
    const report = objectOf(objectOf(item)?.data) ?? objectOf(item);
    if (!report) throw new TypeError('a report is an object');
    const messageId = textOf(report.messageId, 200);
    if (messageId === null) {
      if (textOf(report.groupId, 200) !== null) return [];
      throw new TypeError('a report that names no message');
    }
    const told = toldBy(textOf(report.statusCode, 64), unknown);
    return told ? [receiptOf(report, messageId, told)] : [];
  });
}

function receiptOf(
  report: Record<string, unknown>,
  providerMessageId: string,
  { status, reason, code }: Pick<News, 'status' | 'reason' | 'code'>,
): Receipt {
  const ref = textOf(objectOf(report.customFields)?.ref, 200);
  const at = textOf(report.dateReceived, 40) ?? textOf(report.dateReported, 40);
  const { type, networkName } = report;
  return {
    ...(ref === null ? {} : { ref }),
    provider: 'solapi',
    providerMessageId,
    status,
    reason,
    code,
    ...(at !== null && isDateTime(at) ? { at } : {}),
    // Neither the number nor the text.
    raw: { type: textOf(type, 16), networkName: textOf(networkName, 64) },
  };
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function textOf(value: unknown, max: number): string | null {
  return typeof value === 'string' && value !== '' && value.length <= max ? value : null;
}
