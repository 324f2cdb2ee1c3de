/** What somebody may look for a run by. */
export const SOUGHT = ['run', 'phone', 'email', 'externalId', 'providerMessageId', 'recipientId'] as const;
export type Sought = (typeof SOUGHT)[number];

const RUN = /^inv_[0-9A-HJKMNP-TV-Z]{26}$/i;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** With its country code, by a plus or by 00, and whatever people write between the digits. */
const PHONE = /^(?:\+|00)[\s.()\u2010-\u2015-]*[1-9](?:[\s.()\u2010-\u2015-]*[0-9]){6,14}$/;
/** As Twilio, WhatsApp, Firebase and the sandbox name their messages. */
const MESSAGE = /^(?:(?:SM|MM)[0-9a-f]{32}|wamid\..+|projects\/[^/]+\/messages\/.+|sbx_.+|sandbox[-_].+)$/i;

/** What a text most likely is; whoever typed it may know better. */
export function recognise(text: string): Sought {
  const given = text.trim();
  if (RUN.test(given)) return 'run';
  if (EMAIL.test(given)) return 'email';
  if (PHONE.test(given)) return 'phone';
  return MESSAGE.test(given) ? 'providerMessageId' : 'externalId';
}

/** As the API is asked for it. */
export function settled(sought: Sought, text: string): string {
  const given = text.trim();
  if (sought === 'phone') return given.replace(/^00/, '+').replace(/[^+0-9]/g, '');
  return sought === 'run' ? `inv_${given.slice(4).toUpperCase()}` : given;
}
