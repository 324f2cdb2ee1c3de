import type { Reason } from '../schemas/vocabulary';
import type { Command } from './command';
import { type Ladder, routeAt, type SendRoute, type SendRung, sendRungOf } from './ladder';
import { type State, stepAt } from './state';

/** One attempt to be carried out, with all that a host knows of it. As JSON, it may be carried out elsewhere. */
export interface AttemptJob {
  invocationId: string;
  flow: Pick<Ladder, 'mode' | 'purpose' | 'requireConsent' | 'currency'>;
  rung: SendRung;
  /** Who carries this attempt. */
  route: SendRoute;
  attempt: number;
  providerMessageId: string | null;
}

export interface SuppressJob {
  invocationId: string;
  rung: SendRung;
  reason: Reason;
}

type SuppressCommand = Extract<Command, { type: 'SuppressAddress' }>;
export type AttemptCommand = Exclude<Command, SuppressCommand>;

export function attemptJob(invocationId: string, state: State, { step, attempt }: AttemptCommand): AttemptJob {
  const { mode, purpose, requireConsent, currency } = state.ladder;
  const rung = rungOf(state, step);
  const route = routeOf(state, { step, attempt });
  const providerMessageId = stepAt(state, rung.index).attempts[attempt - 1]?.providerMessageId ?? null;
  const flow = { mode, purpose, requireConsent, currency };
  return { invocationId, flow, rung, route, attempt, providerMessageId };
}

/** Who carries the attempt. */
export function routeOf(state: State, { step, attempt }: { step: string; attempt: number }): SendRoute {
  const rung = rungOf(state, step);
  return routeAt(rung, stepAt(state, rung.index).attempts[attempt - 1]?.route ?? 0);
}

export function suppressJob(invocationId: string, state: State, { step, reason }: SuppressCommand): SuppressJob {
  return { invocationId, rung: rungOf(state, step), reason };
}

function rungOf(state: State, step: string): SendRung {
  const rung = sendRungOf(state.ladder, step);
  if (!rung) throw new RangeError(`no step “${step}”`);
  return rung;
}
