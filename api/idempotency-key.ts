import { problem } from './problem';
import type { ApiResponse } from './route';

/** The header `Idempotency-Key`: null where it is not given, 400 where it cannot be one. */
export function idempotencyKey(
  header: string | string[] | undefined,
): { ok: true; key: string | null } | { ok: false; response: ApiResponse } {
  if (header === undefined) return NONE;
  if (typeof header === 'string' && /^[ -~]{1,255}$/.test(header)) return { ok: true, key: header };
  const hint = 'Send 1 to 255 printable ASCII characters, such as order-77-otp.';
  return { ok: false, response: problem(400, 'The header Idempotency-Key cannot be used.', { hint }) };
}

const NONE = { ok: true, key: null } as const;
