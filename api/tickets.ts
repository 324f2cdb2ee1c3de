import type { Ticket, TicketStore } from '../store/contract';
import { hashKey } from './auth';
import { isToken, newToken } from './session-cookie';

/** How long a link is good that nobody follows. */
const GOOD_FOR_MS = { sign_in: 86_400_000, invitation: 7 * 86_400_000 } as const;

/** @returns the token, which stands in the link and nowhere else */
export async function newTicket(
  tickets: TicketStore,
  { kind, personId }: Pick<Ticket, 'kind' | 'personId'>,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const token = newToken();
  const expiresAt = now + GOOD_FOR_MS[kind];
  await tickets.put({ hash: hashKey(token), kind, personId, expiresAt }, now);
  return { token, expiresAt };
}

/** What the token is stored under; null where it cannot be one of ours. */
export function ticketHash(token: string): string | null {
  return isToken(token) ? hashKey(token) : null;
}
