import type { Recipient } from '../schemas/invocation';
import type { Channel } from '../schemas/vocabulary';

/** The one address that a channel reaches the recipient by: null where there is none, empty where none is needed. */
export function addressFor(channel: Channel, recipient: Recipient): string | null {
  switch (channel) {
    case 'sms':
    case 'lms':
    case 'xms':
    case 'whatsapp':
    case 'rcs':
      return recipient.phone ?? null;
    case 'email':
      return recipient.email ?? null;
    case 'push':
      return recipient.pushToken ?? null;
    case 'messenger':
      return recipient.messengerId ?? recipient.phone ?? null;
    case 'inapp':
      return recipient.id ?? null;
    case 'webhook':
      return '';
  }
}
