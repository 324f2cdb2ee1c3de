import type { Event } from '../../core/event';
import { compileLadder, type Ladder } from '../../core/ladder';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import { decisionsOf, waitsOf } from '../../tracing/run-spans';
import { step } from '../scenarios/scenario';

const IDENTITY = { flowId: 'flw_1', workflowId: 'wf_1', version: 1, mode: 'test' } as const;

function ladderOf(steps: FlowDefinition['steps']): Ladder {
  return compileLadder({ name: 'a flow', purpose: 'otp', steps }, IDENTITY, PROVIDER_CATALOG);
}

const LADDER = ladderOf([step('whatsapp', { timeoutSeconds: 30 }), step('sms', { timeoutSeconds: 30 })]);

/** Numbered in order; each at its number times 1,000 ms. */
function history(...events: (Partial<Event> & Pick<Event, 'type'>)[]): Event[] {
  return events.map((event, index) => ({ ...event, seq: index + 1, at: (index + 1) * 1_000 }) as Event);
}

const accepted = (name: string, attempt = 1) =>
  ({ type: 'AttemptAccepted', step: name, attempt, costMicros: 0, deadlineAt: 99_000 }) as const;

describe('the wait for a receipt', () => {
  test('goes from the acceptance to the deadline that was not met', () => {
    const events = history(accepted('whatsapp'), { type: 'StepTimedOut', step: 'whatsapp', deadlineAt: 2_000 });
    expect(waitsOf(events, LADDER)).toEqual([
      { step: 'whatsapp', attempt: 1, channel: 'whatsapp', from: 1_000, until: 2_000, outcome: 'timeout' },
    ]);
  });

  test('ends with the receipt that settles the step, and a send that nobody answered is waited for too', () => {
    const uncertain = { type: 'AttemptUncertain', step: 'sms', attempt: 1, deadlineAt: 99_000 } as const;
    const events = history(uncertain, { type: 'StepSucceeded', step: 'sms' });
    expect(waitsOf(events, LADDER)).toMatchObject([{ step: 'sms', from: 1_000, until: 2_000, outcome: 'receipt' }]);
  });

  test('ends with the run, where that is over before', () => {
    const events = history(accepted('whatsapp'), { type: 'InvocationCancelled' });
    expect(waitsOf(events, LADDER)).toMatchObject([{ until: 2_000, outcome: 'left' }]);
  });

  test('is one for each attempt', () => {
    const again = { type: 'AttemptRequested', step: 'sms', attempt: 2, provider: 'sandbox' } as const;
    const events = history(accepted('sms'), again, accepted('sms', 2), { type: 'StepSucceeded', step: 'sms' });
    expect(waitsOf(events, LADDER).map(({ attempt, from, until }) => [attempt, from, until])).toEqual([
      [1, 1_000, 2_000],
      [2, 3_000, 4_000],
    ]);
  });

  test('of a branch ends with the parallel step, and none goes on for ever', () => {
    const ladder = ladderOf([
      { name: 'both', parallel: [[step('sms')], [step('email')]], timeoutSeconds: 60, require: 'any' },
      step('push'),
    ]);
    const events = history(
      accepted('sms'),
      accepted('email'),
      { type: 'StepSucceeded', step: 'sms' },
      { type: 'StepSucceeded', step: 'both' },
      accepted('push'),
    );
    expect(waitsOf(events, ladder).map((wait) => [wait.step, wait.until, wait.outcome])).toEqual([
      ['sms', 3_000, 'receipt'],
      ['email', 4_000, 'left'],
    ]);
  });

  test('there is none where nothing was waited for', () => {
    const events = history({ ...accepted('sms'), deadlineAt: undefined }, { type: 'InvocationSucceeded' });
    expect(waitsOf(events, LADDER)).toEqual([]);
  });
});

test('a decision says its step, its reason and what comes next, and not what a provider made up', () => {
  const [decision] = decisionsOf(
    history({
      type: 'StepFailed',
      step: 'sms',
      attempt: 1,
      reason: 'unreachable',
      action: 'advance',
      code: 'to +39335',
    }),
  );
  expect(decision).toEqual({
    name: 'StepFailed',
    at: 1_000,
    attributes: {
      'onward.seq': 1,
      'onward.step': 'sms',
      'onward.attempt': 1,
      'onward.reason': 'unreachable',
      'onward.action': 'advance',
    },
  });
});
