import type { Template } from '../../schemas/template';
import type { StatusTable } from '../codes';

/**
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status: sent,
 * delivered, read, failed, played. `deleted` (the person deleted it) and `warning` (a catalogue item is gone) are of
 * older versions, and neither says whether the message arrived.
 */
export const STATUSES: StatusTable = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  // A voice message that was listened to.
  played: 'read',
  failed: 'failed',
  deleted: null,
  warning: null,
};

/**
 * https://developers.facebook.com/docs/graph-api/reference/whats-app-business-hsm (status). Whatever cannot be sent now
 * and comes back by itself or by hand is paused; what does not is rejected.
 */
export const TEMPLATE_STATUSES: Readonly<Record<string, Template['status']>> = {
  APPROVED: 'approved',
  PENDING: 'submitted',
  IN_APPEAL: 'submitted',
  REJECTED: 'rejected',
  PAUSED: 'paused',
  ARCHIVED: 'paused',
  DISABLED: 'rejected',
  PENDING_DELETION: 'rejected',
  DELETED: 'rejected',
  LIMIT_EXCEEDED: 'rejected',
};
