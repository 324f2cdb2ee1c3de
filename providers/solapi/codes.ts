import type { ReceiptStatus } from '../../schemas/vocabulary';
import type { CodeTable, StatusTable } from '../codes';

/** https://docs.solapi.com/api-reference/message-status-codes: the codes that are no failure. */
export const STATUSES: StatusTable = {
  '2000': 'accepted',
  /** Waits for the time that it was scheduled for. */
  '2100': null,
  '3000': 'sent',
  '4000': 'delivered',
};

/** 1xxx and 2xxx: Solapi itself; 3xxx: a carrier, or Kakao. Null for what is no status code. */
export function statusOf(code: string): ReceiptStatus | null {
  if (Object.hasOwn(STATUSES, code)) return STATUSES[code] ?? null;
  if (/^[12]\d{3}$/.test(code)) return 'failed';
  return /^3\d{3}$/.test(code) ? 'undelivered' : null;
}

/** The same page, its failures; titles translated. */
export const CODES: CodeTable = {
  '1010': { reason: 'provider_rejected', title: 'A required value is missing' },
  '1011': { reason: 'provider_rejected', title: 'Format error' },
  '1012': { reason: 'content_rejected', title: 'The subject has a < or >' },
  '1013': { reason: 'content_rejected', title: 'An SMS has no subject' },
  '1014': { reason: 'content_rejected', title: 'A subject has at most 40 bytes' },
  '1020': { reason: 'auth_failed', title: 'No such account, or a wrong password' },
  '1021': { reason: 'provider_rejected', title: 'No such message' },
  '1022': { reason: 'provider_rejected', title: 'No such group' },
  '1023': { reason: 'content_rejected', title: 'No such image' },
  '1024': { reason: 'provider_unavailable', title: 'Server error' },
  '1025': { reason: 'provider_rejected', title: 'Wrong message type' },
  '1026': { reason: 'provider_rejected', title: 'Duplicate recipient' },
  '1027': { reason: 'content_rejected', title: 'Only UTF-8 can be used' },
  '1028': { reason: 'content_rejected', title: 'Non-printable characters cannot be used' },
  '1029': { reason: 'content_rejected', title: 'A text message has only characters of EUC-KR' },
  '1030': { reason: 'insufficient_funds', title: 'Not enough balance' },
  '1031': { reason: 'content_rejected', title: 'Too long: SMS 90 bytes, LMS and MMS 2,000, Kakao 1,000 characters' },
  '1032': { reason: 'provider_rejected', title: 'Invalid custom field' },
  '1033': { reason: 'template_invalid', title: 'kakaoOptions is for ATA and CTA only' },
  '1034': { reason: 'content_rejected', title: 'No such imageId' },
  '1035': { reason: 'provider_rejected', title: 'Wrong type of text message' },
  '1041': { reason: 'template_invalid', title: 'Invalid Kakao channel' },
  '1042': { reason: 'template_invalid', title: 'Invalid template ID' },
  '1043': { reason: 'template_invalid', title: 'The text differs from the registered template' },
  '1044': { reason: 'template_invalid', title: 'Invalid button' },
  '1045': { reason: 'template_invalid', title: 'Invalid button URL' },
  '1046': { reason: 'template_invalid', title: 'The template has buttons: give them' },
  '1047': { reason: 'template_invalid', title: 'The template has no buttons: leave them out' },
  '1048': { reason: 'template_invalid', title: 'A button URL has at most 100 characters' },
  '1049': { reason: 'template_invalid', title: 'A button name has at most 14 characters' },
  '1050': { reason: 'template_invalid', title: 'At most 5 buttons' },
  '1051': { reason: 'template_invalid', title: 'Unregistered image of a FriendTalk' },
  '1052': { reason: 'template_invalid', title: 'Buttons in another order than the template has them' },
  '1053': { reason: 'template_invalid', title: 'A FriendTalk has no button of type DS' },
  '1058': { reason: 'unreachable', title: 'No route' },
  '1060': { reason: 'blocked', title: 'Blocked recipient number' },
  '1061': { reason: 'opted_out', title: 'Refused by the user (080 opt-out)' },
  '1062': { reason: 'auth_failed', title: 'Unregistered sender number' },
  '1064': { reason: 'spam_filtered', title: 'Blocked after a report to KISA' },
  '2011': { reason: 'provider_rejected', title: 'Format error' },
  '2024': { reason: 'provider_unavailable', title: 'Server error' },
  '2060': { reason: 'blocked', title: 'Blocked recipient number' },
  '2061': { reason: 'opted_out', title: 'Refused by the user (080 opt-out)' },
  '2062': { reason: 'auth_failed', title: 'Unregistered sender number' },
  '2063': { reason: 'auth_failed', title: 'Blocked account' },
  '2064': { reason: 'spam_filtered', title: 'Blocked after a report to KISA' },
  '2160': { reason: 'provider_rejected', title: 'Scheduled message cancelled' },
  '2230': { reason: 'insufficient_funds', title: 'Not enough balance' },
  '2254': { reason: 'spam_filtered', title: 'Spam, by the platform itself' },
  '3010': { reason: 'invalid_address', title: 'Recipient number of a wrong format' },
  '3011': { reason: 'provider_rejected', title: 'Format error' },
  '3012': { reason: 'provider_unavailable', title: 'Server error of a partner' },
  '3013': { reason: 'provider_rejected', title: 'Sender number of a wrong format' },
  '3014': { reason: 'unknown', title: 'Unknown message state' },
  '3024': { reason: 'provider_unavailable', title: 'Server error' },
  '3031': { reason: 'unreachable', title: 'Cannot be transmitted' },
  '3032': { reason: 'invalid_address', title: 'No subscriber' },
  '3040': { reason: 'expired', title: 'Transmission time exceeded' },
  '3041': { reason: 'unreachable', title: 'Handset busy' },
  '3042': { reason: 'unreachable', title: 'Out of coverage' },
  '3043': { reason: 'unreachable', title: 'Handset switched off' },
  '3044': { reason: 'unreachable', title: 'Handset has no room for messages' },
  '3045': { reason: 'unreachable', title: 'Service of the handset suspended' },
  '3046': { reason: 'unreachable', title: 'Other trouble of the handset' },
  '3047': { reason: 'blocked', title: 'Reception refused' },
  '3048': { reason: 'unknown', title: 'Unknown code' },
  '3049': { reason: 'provider_rejected', title: 'Format error' },
  '3050': { reason: 'not_on_channel', title: 'A handset without SMS' },
  '3051': { reason: 'unreachable', title: 'The called side cannot be called' },
  '3052': { reason: 'provider_rejected', title: 'Deleted by an operator of the carrier' },
  '3053': { reason: 'provider_unavailable', title: 'Message queue full' },
  '3054': { reason: 'spam_filtered', title: 'Spam' },
  '3055': { reason: 'spam_filtered', title: 'Spam: a number registered at nospam.or.kr' },
  '3056': { reason: 'unreachable', title: 'Failed in the radio network' },
  '3057': { reason: 'unreachable', title: 'Failed between the radio network and the handset' },
  '3058': { reason: 'unreachable', title: 'No route' },
  '3059': { reason: 'auth_failed', title: 'Forged sender number' },
  '3060': { reason: 'content_rejected', title: 'Adult verification failed' },
  '3101': { reason: 'auth_failed', title: 'Invalid sender profile key' },
  '3102': { reason: 'not_subscribed', title: 'No friend of the channel' },
  '3103': { reason: 'template_invalid', title: 'Message and template differ' },
  '3104': { reason: 'not_on_channel', title: 'Does not use KakaoTalk' },
  '3105': { reason: 'template_not_approved', title: 'Unregistered template' },
  '3106': { reason: 'auth_failed', title: 'Invalid Yellow ID' },
  '3107': { reason: 'unreachable', title: 'No KakaoTalk for 72 hours, or AlimTalk blocked' },
  '3108': { reason: 'provider_rejected', title: 'Outside the hours of sending (08:00 to 20:00)' },
};

/**
 * `errorCode` of a request that was refused as a whole: https://docs.solapi.com/authentication/api-key, the pages of the
 * routes, and what the SDKs know (https://github.com/solapi/solapi-nodejs).
 */
export const ERRORS: CodeTable = {
  InvalidAPIKey: { reason: 'auth_failed', title: 'No valid API key' },
  SignatureDoesNotMatch: { reason: 'auth_failed', title: 'The signature does not match' },
  RequestTimeTooSkewed: { reason: 'auth_failed', title: 'The time is more than 15 minutes off' },
  DuplicatedSignature: { reason: 'auth_failed', title: 'The same signature within 15 minutes' },
  NotEnoughBalance: { reason: 'insufficient_funds', title: 'Not enough balance' },
  ValidationError: { reason: 'provider_rejected', title: 'The request is not as the interface wants it' },
};
