import type { Template } from '../../schemas/template';
import type { StatusTable } from '../codes';

/**
 * https://www.twilio.com/docs/messaging/api/message-resource#message-status-values. What still waits at Twilio proves no
 * more than that Twilio took it; of a message in parts some of which arrived, no more than that it left. A message that
 * somebody cancelled in Twilio's console never went out.
 */
export const twilioStatuses: StatusTable = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'sent',
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
  // Inbound.
  receiving: null,
  received: null,
};

/**
 * https://www.twilio.com/docs/whatsapp/tutorial/message-template-approvals-statuses. WhatsApp takes a paused template up
 * again by itself, but not a disabled one.
 */
export const approvalStatuses: Readonly<Record<string, Template['status']>> = {
  unsubmitted: 'draft',
  received: 'submitted',
  pending: 'submitted',
  approved: 'approved',
  rejected: 'rejected',
  paused: 'paused',
  disabled: 'rejected',
};
