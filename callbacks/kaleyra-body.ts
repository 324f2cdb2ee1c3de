import { addressFor } from '../core/address';
import { statusOf } from '../core/attempt-status';
import { isoTime } from '../core/iso-time';
import type { Rung, SendRung } from '../core/ladder';
import { newestAttempt, type State, stepAt } from '../core/state';
import { reasonOf } from '../core/view';
import type { Recipient } from '../schemas/invocation';

/**
 * What Kaleyra calls back when a fallback flow is completed, by its documentation:
 * https://developers.kaleyra.io/docs/callback-profile-for-fallback-flow
 */
interface KaleyraCallback {
  workflowInvocationId: string;
  executionStatus: 'COMPLETED';
  timestamp: string;
  /** `channelN` is the Nth step that sends; one whose turn never came is left out. */
  result: Record<string, KaleyraChannel>;
}

interface KaleyraChannel {
  createdAt: string | null;
  /** The sender stands in the provider's account, which is not known here. */
  from: null;
  /** A phone number without its plus, as Kaleyra writes it. */
  to: string | null;
  messageId: string | null;
  /** Our own name of the attempt. */
  clientMessageId: string;
  channel: string;
  /** Kaleyra documents TIMEOUT; the others are the attempt's status in its spelling. */
  statusCode: string;
  /** ISO 8601 duration. */
  timeout: string;
}

/** @param recipient null once the person was erased; `at` in ms since 1970 */
export function kaleyraBody(id: string, state: State, recipient: Recipient | null, at: number): KaleyraCallback {
  const result: KaleyraCallback['result'] = {};
  state.ladder.rungs.filter(isSend).forEach((rung, n) => {
    const channel = channelOf(id, state, rung, recipient);
    if (channel) result[`channel${n + 1}`] = channel;
  });
  return { workflowInvocationId: id, executionStatus: 'COMPLETED', timestamp: isoTime(at), result };
}

function isSend(rung: Rung): rung is SendRung {
  return rung.kind === 'send';
}

function channelOf(id: string, state: State, rung: SendRung, recipient: Recipient | null): KaleyraChannel | null {
  const step = stepAt(state, rung.index);
  const attempt = newestAttempt(step);
  if (!attempt && step.phase !== 'skipped') return null;
  const requestedAt = attempt?.requestedAt ?? step.startedAt;
  return {
    createdAt: requestedAt === null ? null : isoTime(requestedAt),
    from: null,
    to: recipient && writtenAs(addressFor(rung.channel, recipient)),
    messageId: attempt?.providerMessageId ?? null,
    clientMessageId: `${id}/${rung.name}/${attempt?.number ?? 0}`,
    channel: rung.channel,
    statusCode:
      attempt && reasonOf(step, attempt) === 'timeout' ? 'TIMEOUT' : codeOf(attempt ? statusOf(attempt) : null),
    timeout: `PT${rung.timeoutMs / 1000}S`,
  };
}

function codeOf(status: string | null): string {
  return (status ?? 'skipped').toUpperCase();
}

function writtenAs(address: string | null): string | null {
  return address === null || address === '' ? null : address.replace(/^\+/, '');
}
