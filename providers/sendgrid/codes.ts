import type { CodeRow, CodeTable } from '../codes';

const fixedByUs = (title: string): CodeRow => ({ reason: 'provider_rejected', title });

/**
 * What refuses a send: `errors[].field` without its indexes (`personalizations.0.to.0.email` is
 * `personalizations.to.email`), as https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors lists the fields.
 * What only this adapter fills in is `provider_rejected`; what comes from a template or a recipient is named.
 */
export const fieldErrors: CodeTable = {
  personalizations: fixedByUs('You must have at least one personalization.'),
  'personalizations.to': { reason: 'invalid_address', title: 'The to array must have a valid email address.' },
  'personalizations.to.email': { reason: 'invalid_address', title: 'Does not contain a valid address.' },
  'personalizations.bcc': fixedByUs('The bcc array must have a valid email address.'),
  'personalizations.cc': fixedByUs('The cc array must have a valid email address.'),
  'personalizations.custom_args': fixedByUs('All values of custom arguments object must be strings.'),
  'personalizations.headers': fixedByUs('All values of the headers object must be strings.'),
  'personalizations.send_at': fixedByUs('Scheduling more than 72 hours in advance is forbidden.'),
  'personalizations.subject': { reason: 'template_invalid', title: 'The subject must be at least one character.' },
  'personalizations.substitutions': fixedByUs('The substitution values must be strings.'),
  'asm.group_id': fixedByUs('The ASM group ID must be a valid Group ID on your account.'),
  'asm.groups_to_display': fixedByUs('The ASM Group IDs to display must be an array of integers.'),
  'attachments.contents': fixedByUs('The attachment content must be base64 encoded.'),
  'attachments.content_id': fixedByUs('The content ID of your attachment must be a string.'),
  'attachments.disposition': fixedByUs('The disposition of your attachment can be either "inline" or "attachment".'),
  'attachments.filename': fixedByUs('The filename of your attachment must be a string.'),
  'attachments.type': fixedByUs('The attachment type must be a string and at least one character in length.'),
  batch_id: fixedByUs('The batch_id must be a string.'),
  categories: fixedByUs('Categories must be an array of strings.'),
  content: { reason: 'template_invalid', title: 'There must be at least one defined content block.' },
  'content.type': { reason: 'template_invalid', title: 'A content type is required.' },
  'content.value': { reason: 'template_invalid', title: 'The content value must be at least one character.' },
  from: fixedByUs('The from object must have an email parameter with a valid email address.'),
  'from.email': fixedByUs('The from email does not contain a valid address.'),
  headers: fixedByUs('The header values must be strings.'),
  ip_pool_name: fixedByUs('The IP Pool name must be a valid pool name for your account.'),
  reply_to: fixedByUs('The reply_to object must have an email parameter with a valid email address.'),
  'reply_to.email': fixedByUs('The reply_to email does not contain a valid address.'),
  sections: fixedByUs('The section values must be strings.'),
  send_at: fixedByUs('Scheduling more than 72 hours in advance is forbidden.'),
  subject: { reason: 'template_invalid', title: 'The subject is required.' },
  template_id: { reason: 'template_invalid', title: 'Must be a valid template.' },
  'mail_settings.bcc.email': fixedByUs('You must include a recipient object when using the bcc mail setting.'),
  'mail_settings.bcc.enable': fixedByUs('The bcc enable param should be a Boolean value.'),
  'mail_settings.bypass_list_management.enable': fixedByUs('The enable param should be a Boolean value.'),
  'mail_settings.footer.enable': fixedByUs('The footer enable param should be a Boolean value.'),
  'mail_settings.footer.html': fixedByUs('The text/html version of your footer should be a string.'),
  'mail_settings.footer.text': fixedByUs('The text/plain version of your footer should be a string.'),
  'mail_settings.sandbox_mode.enable': fixedByUs('The sandbox mode enable param should be a boolean value.'),
  'mail_settings.spam_check.enable': fixedByUs('The spam check enable param should be a boolean value.'),
  'mail_settings.spam_check.post_to_url': fixedByUs('The spam check url must be a string.'),
  'mail_settings.spam_check.threshold': fixedByUs('The spam check threshold is between 1 and 10.'),
  'tracking_settings.click_tracking.enable': fixedByUs('The click tracking enable param should be a boolean.'),
  'tracking_settings.click_tracking.enable_text': fixedByUs('The click tracking enable text must be a boolean.'),
  'tracking_settings.ganalytics.enable': fixedByUs('The Google Analytics enable param must be a boolean.'),
  'tracking_settings.ganalytics.utm_campaign': fixedByUs('The utm_campaign must be a string value.'),
  'tracking_settings.ganalytics.utm_content': fixedByUs('The utm_content must be a string value.'),
  'tracking_settings.ganalytics.utm_medium': fixedByUs('The utm_medium must be a string value.'),
  'tracking_settings.ganalytics.utm_source': fixedByUs('The utm_source must be a string value.'),
  'tracking_settings.ganalytics.utm_term': fixedByUs('The utm_term must be a string value.'),
  'tracking_settings.open_tracking.enable': fixedByUs('The open tracking enable param should be a boolean.'),
  'tracking_settings.open_tracking.substitution_tag': fixedByUs('The substitution tag must be a string.'),
  'tracking_settings.subscription_tracking.enable': fixedByUs('The enable param should be a boolean value.'),
  'tracking_settings.subscription_tracking.html': fixedByUs('The text/html unsubscribe content must be a string.'),
  'tracking_settings.subscription_tracking.substitution_tag': fixedByUs('The substitution tag must be a string.'),
  'tracking_settings.subscription_tracking.text': fixedByUs('The text/plain unsubscribe content must be a string.'),
};

/**
 * An answer that names no field is known by its HTTP status:
 * https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/responses. 401, 403, 429 and 5xx mean
 * the same with any provider (http-call.ts).
 */
export const statusErrors: CodeTable = {
  '400': fixedByUs('Bad request'),
  '404': fixedByUs('The resource you tried to locate could not be found or does not exist'),
  '405': fixedByUs('Method not allowed'),
  '406': fixedByUs('Missing Accept header'),
  '413': { reason: 'content_rejected', title: 'The JSON payload you have included in your request is too large' },
  '415': fixedByUs('Unsupported media type'),
};

/** A 401 by its message, where it is not about the key: https://support.sendgrid.com (Maximum credits exceeded). */
export const accountErrors: CodeTable = {
  'Maximum credits exceeded': { reason: 'insufficient_funds', title: 'The plan’s limit of emails is used up' },
};

/** `reason` of a `dropped` event, on the event's page: why SendGrid did not even try. */
export const dropReasons: CodeTable = {
  'Invalid SMTPAPI header': fixedByUs('Invalid SMTPAPI header'),
  'Spam Content': { reason: 'spam_filtered', title: 'Spam Content (if Spam Checker app is enabled)' },
  'Unsubscribed Address': { reason: 'opted_out', title: 'Unsubscribed Address' },
  'Bounced Address': { reason: 'invalid_address', title: 'Bounced Address' },
  'Spam Reporting Address': { reason: 'blocked', title: 'Spam Reporting Address' },
  Invalid: { reason: 'invalid_address', title: 'Invalid' },
  'Recipient List over Package Quota': { reason: 'insufficient_funds', title: 'Recipient List over Package Quota' },
};

/**
 * `bounce_classification` of a `bounce` event:
 * https://www.twilio.com/docs/sendgrid/api-reference/bounces-api/retrieve-bounces-by-specific-classification. None is
 * `rate_limited`: SendGrid has tried for 72 hours by then, and that reason would have us send again.
 */
export const bounceClassifications: CodeTable = {
  Content: { reason: 'content_rejected', title: 'Content' },
  'Frequency or Volume Too High': { reason: 'unreachable', title: 'Frequency or Volume Too High' },
  'Invalid Address': { reason: 'invalid_address', title: 'Invalid Address' },
  'Mailbox Unavailable': { reason: 'unreachable', title: 'Mailbox Unavailable' },
  Reputation: { reason: 'spam_filtered', title: 'Reputation' },
  'Technical Failure': { reason: 'unreachable', title: 'Technical Failure' },
  Unclassified: { reason: 'unknown', title: 'Unclassified' },
};
