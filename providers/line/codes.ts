import type { Reason } from '../../schemas/vocabulary';
import type { CodeTable } from '../codes';

/**
 * LINE has no codes but HTTP's: https://developers.line.biz/en/reference/messaging-api/#status-codes, and 422 of
 * https://developers.line.biz/en/reference/line-notification-messages/. 409 and 500 are no refusals (send.ts).
 */
export const CODES: CodeTable = {
  // Its address is judged apart, so that what is wrong is the message, which the template has.
  '400': { reason: 'template_invalid', title: 'Problem with the request' },
  '401': { reason: 'auth_failed', title: 'Valid channel access token is not specified' },
  '403': { reason: 'auth_failed', title: 'Not authorized to access the resource' },
  '404': { reason: 'provider_rejected', title: 'Unable to get the resource' },
  '410': { reason: 'provider_rejected', title: 'The resource that existed is no longer available' },
  '413': { reason: 'content_rejected', title: 'Request exceeds the max size of 2 MB' },
  '415': { reason: 'content_rejected', title: 'The media type is not supported' },
  '422': { reason: 'not_on_channel', title: 'Failed to send messages' },
  '429': { reason: 'rate_limited', title: 'Rate limit exceeded' },
};

/** Where a status has several causes, its message tells: https://developers.line.biz/en/reference/messaging-api/#error-messages */
export const BY_MESSAGE: readonly { status: number; message: string; reason: Reason }[] = [
  // No use in trying again before the month is over.
  { status: 429, message: 'You have reached your monthly limit.', reason: 'insufficient_funds' },
  // No such user, or none of this channel's provider.
  { status: 400, message: 'Failed to send messages', reason: 'not_on_channel' },
];
