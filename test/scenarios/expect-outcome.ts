import { attemptLine, EVERYWHERE, eventLine, type Outcome, type Scenario, SECRET_VARIABLES } from './scenario';

const ENDINGS = new Set(['InvocationSucceeded', 'InvocationFailed', 'InvocationCancelled', 'InvocationExpired']);

/** Holds what a host made of a scenario to what was promised, and to what holds of every history. */
export function expectOutcome(scenario: Scenario, outcome: Outcome): void {
  const { expected } = scenario;
  const { events, view, sent } = outcome;
  const lines = events.map(eventLine);
  if (expected.anyOrder) expect(lines.toSorted()).toEqual(expected.events.toSorted());
  else expect(lines).toEqual(expected.events);
  expect({
    status: view.status,
    reached: view.reachedStep,
    attempts: view.attempts.map(attemptLine),
    costMicros: view.costMicros,
    costTwiceMicros: view.costTwiceMicros,
    duplicate: view.duplicate,
  }).toEqual({
    status: expected.status,
    reached: expected.reached,
    attempts: expected.attempts,
    costMicros: expected.costMicros,
    costTwiceMicros: expected.costTwiceMicros ?? 0,
    duplicate: (expected.costTwiceMicros ?? 0) > 0,
  });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
  expect(events.filter(({ type }) => ENDINGS.has(type))).toHaveLength(1);
  expect(new Set(sent).size).toBe(sent.length);
  expect(sent.toSorted()).toEqual(sendsIn(expected.attempts).toSorted());
  expectNothingPersonal(scenario, outcome);
}

/** What the provider must have received: every attempt but those that were never sent. */
function sendsIn(attempts: readonly string[]): string[] {
  return attempts.filter((line) => !line.includes(' skipped')).map((line) => line.split(' ')[0] ?? '');
}

function expectNothingPersonal(scenario: Scenario, { events }: Outcome): void {
  const history = JSON.stringify(events);
  const recipient = scenario.recipient ?? EVERYWHERE;
  const personal = [
    recipient.phone,
    recipient.email,
    recipient.pushToken,
    recipient.messengerId,
    SECRET_VARIABLES.code,
  ];
  for (const word of personal) if (word !== undefined) expect(history).not.toContain(word);
}
