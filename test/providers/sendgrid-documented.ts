import type { Reason, ReceiptStatus } from '../../schemas/vocabulary';

/**
 * What SendGrid's documentation lists, written out apart from the tables and grouped by what each has to become. The
 * pages are named beside the tables (providers/sendgrid/).
 */
type Rows = readonly (readonly [code: string, reason: Reason])[];

const each = (reason: Reason, text: string): Rows =>
  text
    .trim()
    .split(/\s+/)
    .map((code) => [code, reason] as const);

/** Fields as an answer names them, with indexes where there are arrays. */
export const fields: Rows = [
  ...each('invalid_address', 'personalizations.0.to personalizations.0.to.0.email'),
  ...each('template_invalid', 'personalizations.0.subject subject content content.0.type content.1.value template_id'),
  ...each(
    'provider_rejected',
    `personalizations personalizations.0.bcc personalizations.0.cc personalizations.0.custom_args
     personalizations.0.headers personalizations.0.send_at personalizations.0.substitutions
     asm.group_id asm.groups_to_display
     attachments.0.contents attachments.0.content_id attachments.0.disposition attachments.0.filename attachments.0.type
     batch_id categories from from.email headers ip_pool_name reply_to reply_to.email sections send_at
     mail_settings.bcc.email mail_settings.bcc.enable mail_settings.bypass_list_management.enable
     mail_settings.footer.enable mail_settings.footer.html mail_settings.footer.text mail_settings.sandbox_mode.enable
     mail_settings.spam_check.enable mail_settings.spam_check.post_to_url mail_settings.spam_check.threshold
     tracking_settings.click_tracking.enable tracking_settings.click_tracking.enable_text
     tracking_settings.ganalytics.enable tracking_settings.ganalytics.utm_campaign
     tracking_settings.ganalytics.utm_content tracking_settings.ganalytics.utm_medium
     tracking_settings.ganalytics.utm_source tracking_settings.ganalytics.utm_term
     tracking_settings.open_tracking.enable tracking_settings.open_tracking.substitution_tag
     tracking_settings.subscription_tracking.enable tracking_settings.subscription_tracking.html
     tracking_settings.subscription_tracking.substitution_tag tracking_settings.subscription_tracking.text`,
  ),
];

export const statuses: Rows = [
  ...each('provider_rejected', '400 404 405 406 415'),
  ...each('content_rejected', '413'),
  ...each('auth_failed', '401 403'),
  ...each('rate_limited', '429'),
  ...each('provider_unavailable', '503'),
];

export const drops: Rows = [
  ['Invalid SMTPAPI header', 'provider_rejected'],
  ['Spam Content', 'spam_filtered'],
  ['Unsubscribed Address', 'opted_out'],
  ['Bounced Address', 'invalid_address'],
  ['Spam Reporting Address', 'blocked'],
  ['Invalid', 'invalid_address'],
  ['Recipient List over Package Quota', 'insufficient_funds'],
];

export const classifications: Rows = [
  ['Content', 'content_rejected'],
  ['Frequency or Volume Too High', 'unreachable'],
  ['Invalid Address', 'invalid_address'],
  ['Mailbox Unavailable', 'unreachable'],
  ['Reputation', 'spam_filtered'],
  ['Technical Failure', 'unreachable'],
  ['Unclassified', 'unknown'],
];

export const replies: Rows = [
  ...each('auth_failed', '403'),
  ...each('unreachable', '421 450 451 452 455 500 501 502 503 504 521 552 554 555'),
  ...each('invalid_address', '550 551 553 556'),
];

export const enhanced: Rows = [
  ...each('unknown', '5.0.0 5.1.5 5.3.6'),
  ...each('invalid_address', '5.1.1 5.1.2 5.1.3 5.1.4 5.1.6 5.1.10 5.7.17 5.7.18'),
  ...each(
    'unreachable',
    `5.1.0 5.1.9 5.2.0 5.2.1 5.2.2 5.2.4 5.3.0 5.3.1 5.3.2 5.3.3 5.3.5 5.4.0 5.4.1 5.4.2 5.4.3 5.4.4 5.4.5 5.4.6
     5.5.0 5.6.7 5.6.8 5.6.9 5.7.2 5.7.13 5.7.15 5.7.19`,
  ),
  ...each('expired', '5.4.7'),
  ...each('content_rejected', '5.2.3 5.3.4 5.6.0 5.6.1 5.6.2 5.6.3 5.6.4 5.6.5 5.6.6 5.7.16'),
  ...each('spam_filtered', '5.7.0 5.7.1 5.7.20 5.7.21 5.7.22 5.7.23 5.7.24 5.7.25 5.7.26 5.7.27 5.7.28 5.7.29'),
  ...each(
    'provider_rejected',
    `5.1.7 5.1.8 5.5.1 5.5.2 5.5.3 5.5.4 5.5.5 5.5.6
     5.7.3 5.7.4 5.7.5 5.7.6 5.7.7 5.7.8 5.7.9 5.7.10 5.7.11 5.7.12 5.7.14 5.7.30`,
  ),
];

export const events: readonly (readonly [event: string, status: ReceiptStatus | null])[] = [
  ['processed', 'accepted'],
  ['deferred', null],
  ['delivered', 'delivered'],
  ['bounce', 'undelivered'],
  ['dropped', 'failed'],
  ['open', 'read'],
  ['click', 'clicked'],
  ['spamreport', 'delivered'],
  ['unsubscribe', null],
  ['group_unsubscribe', null],
  ['group_resubscribe', null],
  ['account_status_change', null],
];
