import type { Reason, ReceiptStatus } from '../../schemas/vocabulary';
import type { CodeTable } from '../codes';

/**
 * `command_status` by its number, as SMPP 3.4 Issue 1.2 has it in 5.1.3 (https://smpp.org/SMPP_v3_4_Issue1_2.pdf), and the
 * general ones of SMPP 5.0. What an SMSC adds of its own (0x0400 and up) is unknown.
 */
export const COMMAND_STATUSES: CodeTable = {
  '1': { reason: 'content_rejected', title: 'ESME_RINVMSGLEN: message length is invalid' },
  '2': { reason: 'provider_rejected', title: 'ESME_RINVCMDLEN: command length is invalid' },
  '3': { reason: 'provider_rejected', title: 'ESME_RINVCMDID: invalid command ID' },
  '4': { reason: 'provider_unavailable', title: 'ESME_RINVBNDSTS: incorrect bind status for the command' },
  '5': { reason: 'provider_unavailable', title: 'ESME_RALYBND: ESME already in bound state' },
  '6': { reason: 'provider_rejected', title: 'ESME_RINVPRTFLG: invalid priority flag' },
  '7': { reason: 'provider_rejected', title: 'ESME_RINVREGDLVFLG: invalid registered delivery flag' },
  '8': { reason: 'provider_unavailable', title: 'ESME_RSYSERR: system error' },
  '10': { reason: 'provider_rejected', title: 'ESME_RINVSRCADR: invalid source address' },
  '11': { reason: 'invalid_address', title: 'ESME_RINVDSTADR: invalid destination address' },
  '12': { reason: 'provider_rejected', title: 'ESME_RINVMSGID: message ID is invalid' },
  '13': { reason: 'auth_failed', title: 'ESME_RBINDFAIL: bind failed' },
  '14': { reason: 'auth_failed', title: 'ESME_RINVPASWD: invalid password' },
  '15': { reason: 'auth_failed', title: 'ESME_RINVSYSID: invalid system ID' },
  '17': { reason: 'provider_rejected', title: 'ESME_RCANCELFAIL: cancel_sm failed' },
  '19': { reason: 'provider_rejected', title: 'ESME_RREPLACEFAIL: replace_sm failed' },
  '20': { reason: 'rate_limited', title: 'ESME_RMSGQFUL: message queue full' },
  '21': { reason: 'provider_rejected', title: 'ESME_RINVSERTYP: invalid service type' },
  '51': { reason: 'provider_rejected', title: 'ESME_RINVNUMDESTS: invalid number of destinations' },
  '52': { reason: 'provider_rejected', title: 'ESME_RINVDLNAME: invalid distribution list name' },
  '64': { reason: 'provider_rejected', title: 'ESME_RINVDESTFLAG: destination flag is invalid' },
  '66': { reason: 'provider_rejected', title: 'ESME_RINVSUBREP: invalid submit with replace' },
  '67': { reason: 'provider_rejected', title: 'ESME_RINVESMCLASS: invalid esm_class' },
  '68': { reason: 'provider_rejected', title: 'ESME_RCNTSUBDL: cannot submit to distribution list' },
  '69': { reason: 'provider_rejected', title: 'ESME_RSUBMITFAIL: submit_sm failed' },
  '72': { reason: 'provider_rejected', title: 'ESME_RINVSRCTON: invalid source address TON' },
  '73': { reason: 'provider_rejected', title: 'ESME_RINVSRCNPI: invalid source address NPI' },
  '80': { reason: 'provider_rejected', title: 'ESME_RINVDSTTON: invalid destination address TON' },
  '81': { reason: 'provider_rejected', title: 'ESME_RINVDSTNPI: invalid destination address NPI' },
  '83': { reason: 'auth_failed', title: 'ESME_RINVSYSTYP: invalid system type' },
  '84': { reason: 'provider_rejected', title: 'ESME_RINVREPFLAG: invalid replace_if_present flag' },
  '85': { reason: 'provider_rejected', title: 'ESME_RINVNUMMSGS: invalid number of messages' },
  '88': { reason: 'rate_limited', title: 'ESME_RTHROTTLED: throttling error' },
  '97': { reason: 'provider_rejected', title: 'ESME_RINVSCHED: invalid scheduled delivery time' },
  '98': { reason: 'provider_rejected', title: 'ESME_RINVEXPIRY: invalid validity period' },
  '99': { reason: 'provider_rejected', title: 'ESME_RINVDFTMSGID: predefined message not found' },
  '100': { reason: 'provider_unavailable', title: 'ESME_RX_T_APPN: temporary application error' },
  '101': { reason: 'provider_rejected', title: 'ESME_RX_P_APPN: permanent application error' },
  '102': { reason: 'provider_rejected', title: 'ESME_RX_R_APPN: application refused the message' },
  '103': { reason: 'provider_rejected', title: 'ESME_RQUERYFAIL: query_sm failed' },
  '192': { reason: 'provider_rejected', title: 'ESME_RINVOPTPARSTREAM: error in the optional part' },
  '193': { reason: 'provider_rejected', title: 'ESME_ROPTPARNOTALLWD: optional parameter not allowed' },
  '194': { reason: 'provider_rejected', title: 'ESME_RINVPARLEN: invalid parameter length' },
  '195': { reason: 'provider_rejected', title: 'ESME_RMISSINGOPTPARAM: expected optional parameter missing' },
  '196': { reason: 'provider_rejected', title: 'ESME_RINVOPTPARAMVAL: invalid optional parameter value' },
  '254': { reason: 'unreachable', title: 'ESME_RDELIVERYFAILURE: delivery failure' },
  '255': { reason: 'unknown', title: 'ESME_RUNKNOWNERR: unknown error' },
  '256': { reason: 'auth_failed', title: 'ESME_RSERTYPUNAUTH: not authorised to use the service type' },
  '257': { reason: 'auth_failed', title: 'ESME_RPROHIBITED: ESME prohibited from using the operation' },
  '258': { reason: 'provider_unavailable', title: 'ESME_RSERTYPUNAVAIL: service type is unavailable' },
  '259': { reason: 'provider_rejected', title: 'ESME_RSERTYPDENIED: service type is denied' },
  '260': { reason: 'content_rejected', title: 'ESME_RINVDCS: invalid data coding scheme' },
};

export interface MessageState {
  /** Null: it says nothing that a receipt could say. */
  status: ReceiptStatus | null;
  /** Of a failure, where the SMSC's own error code is not known to say better. */
  reason: Reason | null;
}

/** By the text in a receipt (Appendix B), in the order of `message_state` (5.2.28; 0 and 9 are of SMPP 5.0). */
export const MESSAGE_STATES: Readonly<Record<string, MessageState>> = {
  SCHEDULED: { status: null, reason: null },
  ENROUTE: { status: 'sent', reason: null },
  DELIVRD: { status: 'delivered', reason: null },
  EXPIRED: { status: 'expired', reason: 'expired' },
  DELETED: { status: 'failed', reason: 'provider_rejected' },
  UNDELIV: { status: 'undelivered', reason: 'unreachable' },
  ACCEPTD: { status: 'accepted', reason: null },
  // Some write it of a message that waits in a buffer: no failure.
  UNKNOWN: { status: null, reason: null },
  REJECTD: { status: 'rejected', reason: 'provider_rejected' },
  SKIPPED: { status: 'undelivered', reason: 'provider_rejected' },
};
const BY_NUMBER = Object.keys(MESSAGE_STATES);

/** The name of a `message_state`. */
export function stateName(number: number): string | null {
  return BY_NUMBER[number] ?? null;
}
