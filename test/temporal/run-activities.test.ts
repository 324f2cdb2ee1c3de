import type { AttemptJob } from '../../core/job';
import { createRunActivities } from '../../temporal/run-activities';
import { liveLadder } from '../scenarios/run-on-core';
import { flow, step } from '../scenarios/scenario';

test('a send that was asked for before a step could name several providers is carried by the one that it named', async () => {
  const rung = liveLadder(flow([step('sms', { provider: 'twilio' })])).rungs[0];
  if (rung?.kind !== 'send') throw new Error('it sends');
  const { routes, ...rest } = rung;
  const { account: _account, reconcile: _reconcile, ...facts } = routes[0] ?? {};
  const flowOfJob = { mode: 'live', purpose: 'otp', requireConsent: false } as const;
  // As it stands in a history of that time.
  const old = {
    invocationId: 'inv_1',
    flow: flowOfJob,
    rung: { ...rest, ...facts },
    attempt: 1,
    providerMessageId: null,
  };
  const carried: AttemptJob[] = [];
  const at = { step: 'sms', attempt: 1 };
  const activities = createRunActivities({
    activities: {
      async send(job) {
        carried.push(job);
        return { type: 'SendUncertain', ...at };
      },
      async lookup(job) {
        carried.push(job);
        return { type: 'LookupAnswered', ...at, outcome: { known: 'unknown' } };
      },
      async recall(job) {
        carried.push(job);
        return { type: 'RecallConfirmed', ...at };
      },
      suppressAddress: async () => {},
    },
    tell: async () => {},
    clock: Date.now,
  });
  const job = old as unknown as AttemptJob;
  await activities.send(job, null, null);
  await activities.lookup(job, null);
  await activities.recall(job, null);
  const { recall, lookup, policy, costMicros } = routes[0] ?? {};
  const route = { provider: 'twilio', account: null, recall, lookup, reconcile: false, policy, costMicros };
  expect(carried.map((one) => one.route)).toEqual([route, route, route]);
  expect(carried[0]?.rung.routes).toEqual([route]);
});
