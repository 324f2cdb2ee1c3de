const OUTCOMES = {
  SendAccepted: 'accepted',
  SendRejected: 'rejected',
  SendUncertain: 'uncertain',
  SendBlocked: 'blocked',
  SendDropped: 'dropped',
} as const;
export type SendOutcome = (typeof OUTCOMES)[keyof typeof OUTCOMES];

/** What came of a send, in one word; null for the answer (workflows/contract.ts) of any other activity. */
export function sendOutcomeOf(answer: unknown): SendOutcome | null {
  const { type } = (answer as { input?: { type?: string } } | undefined)?.input ?? {};
  return type !== undefined && Object.hasOwn(OUTCOMES, type) ? OUTCOMES[type as keyof typeof OUTCOMES] : null;
}
