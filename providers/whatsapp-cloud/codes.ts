import type { Reason } from '../../schemas/vocabulary';
import type { CodeRow, CodeTable } from '../codes';

const row = (reason: Reason, title: string): CodeRow => ({ reason, title });

/** 200 to 299 are one row of the page: "Permission was not granted or was removed". */
const PERMISSIONS = Object.fromEntries(
  Array.from({ length: 100 }, (_, index) => [String(200 + index), row('auth_failed', 'API Permission')]),
);

/** What a send, or the receipt of one, can be answered with. */
const MESSAGING: CodeTable = {
  '0': row('auth_failed', 'AuthException'),
  '1': row('provider_rejected', 'API Unknown'),
  '2': row('provider_unavailable', 'API Service'),
  '3': row('auth_failed', 'API Method'),
  '4': row('rate_limited', 'API Too Many Calls'),
  '10': row('auth_failed', 'Permission Denied'),
  '33': row('provider_rejected', 'Parameter value is not valid'),
  '100': row('provider_rejected', 'Invalid parameter'),
  '190': row('auth_failed', 'Access token has expired'),
  '368': row('provider_rejected', 'Temporarily blocked for policies violations'),
  '80007': row('rate_limited', 'Rate limit issues'),
  '130429': row('rate_limited', 'Rate limit hit'),
  '130472': row('provider_rejected', 'User’s number is part of an experiment'),
  '130497': row('provider_rejected', 'Business account is restricted from messaging users in this country'),
  // "Try again. If the error persists, open a ticket."
  '131000': row('provider_unavailable', 'Something went wrong'),
  '131005': row('auth_failed', 'Access denied'),
  // A request has every parameter but those that a template's components leave out.
  '131008': row('template_invalid', 'Required parameter is missing'),
  '131009': row('provider_rejected', 'Parameter value is not valid'),
  '131016': row('provider_unavailable', 'Service unavailable'),
  '131021': row('provider_rejected', 'Recipient cannot be sender'),
  '131026': row('not_on_channel', 'Message undeliverable'),
  '131030': row('provider_rejected', 'Recipient phone number not in allowed list'),
  '131031': row('provider_rejected', 'Account has been locked'),
  '131037': row('provider_rejected', 'WhatsApp provided number needs display name approval before message can be sent'),
  '131042': row('insufficient_funds', 'Business eligibility payment issue'),
  '131045': row('auth_failed', 'Incorrect certificate'),
  '131047': row('outside_session_window', 'Re-engagement message'),
  // Lasts until the quality of the number is better: to try again within a step's timeout would only add to it.
  '131048': row('spam_filtered', 'Spam rate limit hit'),
  '131049': row('spam_filtered', 'Meta chose not to deliver'),
  '131050': row('opted_out', 'User has stopped marketing messages'),
  '131051': row('content_rejected', 'Unsupported message type'),
  '131052': row('content_rejected', 'Media download error'),
  '131053': row('content_rejected', 'Media upload error'),
  '131055': row('provider_rejected', 'Method not allowed'),
  '131056': row('rate_limited', '(Business Account, Consumer Account) pair rate limit hit'),
  '131057': row('provider_unavailable', 'Account in maintenance mode'),
  '131063': row('provider_rejected', 'Marketing templates are disabled for Cloud API'),
  '131064': row('provider_rejected', 'Message limit reached due to template classification violations'),
  '132000': row('template_invalid', 'Template param count mismatch'),
  '132001': row('template_not_approved', 'Template does not exist'),
  '132005': row('template_invalid', 'Template hydrated text too long'),
  '132007': row('content_rejected', 'Template format character policy violated'),
  '132012': row('template_invalid', 'Template parameter format mismatch'),
  '132015': row('template_not_approved', 'Template is paused'),
  '132016': row('template_not_approved', 'Template is disabled'),
  '132018': row('template_invalid', 'Template validation error'),
  '132068': row('template_invalid', 'Flow is blocked'),
  '132069': row('rate_limited', 'Flow is throttled'),
  '134011': row('provider_rejected', 'WhatsApp Payments terms of service have not been accepted'),
  '134100': row('provider_rejected', 'Only marketing messages supported'),
  '134101': row('template_not_approved', 'Template is still syncing'),
  '134102': row('template_not_approved', 'Template unavailable for use'),
  '135000': row('provider_rejected', 'Generic user error'),
};

/** The number that sends is not registered, or not yet; and what the page has of migrating and onboarding numbers. */
const REGISTRATION: CodeTable = {
  '133000': row('auth_failed', 'Incomplete deregistration'),
  '133004': row('provider_unavailable', 'Server temporarily unavailable'),
  '133005': row('auth_failed', 'Two-step verification PIN mismatch'),
  '133006': row('auth_failed', 'Phone number re-verification needed'),
  '133008': row('auth_failed', 'Too many two-step verification PIN guesses'),
  '133009': row('auth_failed', 'Two-step verification PIN guessed too fast'),
  '133010': row('auth_failed', 'Phone number not registered'),
  '133015': row('auth_failed', 'Please wait a few minutes before attempting to register this phone number'),
  '133016': row('rate_limited', 'Account register deregister rate limit exceeded'),
  '1752041': row('provider_rejected', 'Duplicate request'),
  '2388012': row('provider_rejected', 'This phone number already exists in your phone number list'),
  '2388091': row('provider_rejected', 'This phone number is not eligible to receive a registration code'),
  '2388093': row('provider_rejected', 'This phone number is not eligible to verify a registration code'),
  '2388103': row('provider_rejected', 'Cannot migrate phone number'),
  '2494100': row('provider_unavailable', 'Account in maintenance mode'),
  '2593079': row('provider_rejected', 'WhatsApp Business Account is already flagged for migration'),
  '2593085': row('provider_rejected', 'WhatsApp Business Account is not eligible for OBO mobility'),
  '2593107': row('provider_rejected', 'Synchronization request limit exceeded'),
  '2593108': row('provider_rejected', 'Synchronization request made outside of allowed time window'),
};

/** Of making templates and of their analytics. */
const TEMPLATES: CodeTable = {
  '200005': row('provider_rejected', 'Template insights not yet available'),
  '200006': row('provider_rejected', 'Cannot disable template insights'),
  '200007': row('provider_rejected', 'Template insights not enabled'),
  '2388019': row('template_invalid', 'Message template limit exceeded'),
  '2388040': row('template_invalid', 'A field in the template exceeded the maximum character limit'),
  '2388047': row('template_invalid', 'Message header format is incorrect'),
  '2388072': row('template_invalid', 'Message body format is incorrect'),
  '2388073': row('template_invalid', 'Message footer format is incorrect'),
  '2388293': row('template_invalid', 'Parameter words ratio exceeds limit'),
  '2388299': row('template_invalid', 'Leading or trailing parameters not allowed'),
};

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes, page of May 2026. */
export const CODES: CodeTable = { ...PERMISSIONS, ...MESSAGING, ...REGISTRATION, ...TEMPLATES };

/**
 * Answered with 500, these say no more than that something went wrong, perhaps after the message was taken over ("invalid
 * request or possible server error", "temporary due to downtime", "unknown error"). All other codes say what kept the
 * message from being sent, whatever HTTP status they stand under: 3, 131016, 131045 and 131057 come with 500.
 */
export const SAYS_NOTHING_AT_500: ReadonlySet<string> = new Set(['1', '2', '131000']);
