import type { Recipient } from '../schemas/invocation';
import type { Channel } from '../schemas/vocabulary';

/** Which of a recipient's fields each channel sends to, the better one first; null for a channel that needs none. */
export const ADDRESS_FIELDS = {
  sms: ['phone'],
  lms: ['phone'],
  xms: ['phone'],
  whatsapp: ['phone'],
  rcs: ['phone'],
  email: ['email'],
  push: ['pushToken'],
  messenger: ['messengerId', 'phone'],
  inapp: ['id'],
  webhook: null,
} as const satisfies Record<Channel, readonly (keyof Recipient)[] | null>;

/** The one address that the channel sends to; '' where it needs none, null where the recipient has none for it. */
export function addressFor(channel: Channel, recipient: Recipient): string | null {
  const fields = ADDRESS_FIELDS[channel];
  if (fields === null) return '';
  for (const field of fields) {
    const address = recipient[field];
    if (address !== undefined) return address;
  }
  return null;
}
