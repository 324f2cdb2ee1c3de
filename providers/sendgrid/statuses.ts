import type { StatusTable } from '../codes';

/**
 * Every event of https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event.
 *
 * A spam report proves that the person has the message, and that is all it says of this one: as a failure it would send
 * them the next step. SendGrid drops what is sent to them afterwards as `Spam Reporting Address`, and that suppresses the
 * address here. It is the same with the unsubscribe events, which come by a link in any older message as well: the next
 * send is dropped as `Unsubscribed Address`.
 */
export const eventStatuses: StatusTable = {
  processed: 'accepted',
  // The receiving server said "later"; SendGrid tries for 72 hours and then says `bounce`.
  deferred: null,
  delivered: 'delivered',
  bounce: 'undelivered',
  dropped: 'failed',
  open: 'read',
  click: 'clicked',
  spamreport: 'delivered',
  unsubscribe: null,
  group_unsubscribe: null,
  group_resubscribe: null,
  // Of the whole account, not of a message.
  account_status_change: null,
};
