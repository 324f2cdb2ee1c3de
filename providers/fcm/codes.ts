import type { CodeTable } from '../codes';

/**
 * `errorCode` of the FcmError in an answer's details: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode.
 * `uncertain` is no refusal: FCM may have the message.
 */
export const fcmErrors: CodeTable = {
  UNSPECIFIED_ERROR: { reason: 'unknown', title: 'No more information is available about this error.' },
  // The token, or what the template made of the payload: see `fieldErrors`.
  INVALID_ARGUMENT: { reason: 'content_rejected', title: 'Request parameters were invalid.' },
  UNREGISTERED: { reason: 'unregistered', title: 'App instance was unregistered from FCM.' },
  // The token is a good one, of another app: not to be suppressed, since another account may reach it.
  SENDER_ID_MISMATCH: {
    reason: 'not_on_channel',
    title: 'The authenticated sender ID is different from the sender ID for the registration token.',
  },
  QUOTA_EXCEEDED: { reason: 'rate_limited', title: 'Sending limit exceeded for the message target.' },
  UNAVAILABLE: { reason: 'provider_unavailable', title: 'The server is overloaded.' },
  INTERNAL: { reason: 'uncertain', title: 'An unknown internal error occurred.' },
  THIRD_PARTY_AUTH_ERROR: {
    reason: 'auth_failed',
    title: 'APNs certificate or web push auth key was invalid or missing.',
  },
};

/**
 * `error.status` where an answer has no FcmError: the codes of
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto. NOT_FOUND may be the project or the token,
 * so that no address is suppressed for it.
 */
export const rpcStatuses: CodeTable = {
  CANCELLED: { reason: 'uncertain', title: 'The operation was cancelled, typically by the caller.' },
  UNKNOWN: { reason: 'uncertain', title: 'Unknown error.' },
  INVALID_ARGUMENT: { reason: 'content_rejected', title: 'The client specified an invalid argument.' },
  DEADLINE_EXCEEDED: { reason: 'uncertain', title: 'The deadline expired before the operation could complete.' },
  NOT_FOUND: { reason: 'unreachable', title: 'Some requested entity was not found.' },
  ALREADY_EXISTS: { reason: 'provider_rejected', title: 'The entity that a client attempted to create exists.' },
  PERMISSION_DENIED: { reason: 'auth_failed', title: 'The caller does not have permission.' },
  UNAUTHENTICATED: { reason: 'auth_failed', title: 'The request does not have valid authentication credentials.' },
  RESOURCE_EXHAUSTED: { reason: 'rate_limited', title: 'Some resource has been exhausted.' },
  FAILED_PRECONDITION: { reason: 'provider_rejected', title: 'The system is not in a state required.' },
  ABORTED: { reason: 'provider_unavailable', title: 'The operation was aborted, typically due to concurrency.' },
  OUT_OF_RANGE: { reason: 'provider_rejected', title: 'The operation was attempted past the valid range.' },
  UNIMPLEMENTED: { reason: 'uncertain', title: 'The operation is not implemented or not supported.' },
  INTERNAL: { reason: 'uncertain', title: 'Internal errors.' },
  UNAVAILABLE: { reason: 'provider_unavailable', title: 'The service is currently unavailable.' },
  DATA_LOSS: { reason: 'uncertain', title: 'Unrecoverable data loss or corruption.' },
};

/**
 * The field that google.rpc.BadRequest names beside INVALID_ARGUMENT. Of a token that never was one FCM says "The
 * registration token is not a valid FCM registration token" (https://firebase.google.com/docs/cloud-messaging/error-codes),
 * and does not always name the field.
 */
export const fieldErrors: CodeTable = {
  'message.token': { reason: 'invalid_address', title: 'Invalid registration token' },
};
export const NO_TOKEN = /registration token is not a valid/i;

/**
 * `error` of the answer to a token request: RFC 6749, 5.2, and
 * https://developers.google.com/identity/protocols/oauth2/service-account#error-codes. Nothing was sent in any case.
 */
export const tokenErrors: CodeTable = {
  invalid_request: { reason: 'auth_failed', title: 'The request is malformed.' },
  invalid_client: { reason: 'auth_failed', title: 'Client authentication failed.' },
  invalid_grant: { reason: 'auth_failed', title: 'The assertion is invalid, expired, or signed with another key.' },
  unauthorized_client: { reason: 'auth_failed', title: 'Client is unauthorized to retrieve access tokens.' },
  unsupported_grant_type: { reason: 'auth_failed', title: 'The grant type is not supported.' },
  invalid_scope: { reason: 'auth_failed', title: 'Invalid OAuth scope or ID token audience provided.' },
  access_denied: { reason: 'auth_failed', title: 'The account is not authorized for the scope.' },
  admin_policy_enforced: { reason: 'auth_failed', title: 'The policies of the administrator forbid it.' },
  deleted_client: { reason: 'auth_failed', title: 'The OAuth client was deleted.' },
  disabled_client: { reason: 'auth_failed', title: 'The service account’s key was disabled.' },
  org_internal: { reason: 'auth_failed', title: 'Only accounts of one organization may use it.' },
};
