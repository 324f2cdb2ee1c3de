import { simulate } from '../../core/simulate';
import { START_AT, scriptsOf, testLadder } from '../scenarios/run-on-core';
import { eventLine, flow, step } from '../scenarios/scenario';

const LADDER = testLadder(flow([step('whatsapp', { timeoutSeconds: 30 }), step('sms', { timeoutSeconds: 120 })]));

function timesOf(type: string, scripts: Record<string, string>, more = {}): number[] {
  const { events } = simulate(LADDER, scriptsOf(scripts), { startAt: START_AT, ...more });
  return events.filter((event) => event.type === type).map(({ at }) => at - START_AT);
}

describe('a simulation', () => {
  test('plays a step without a script as delivered after 100 ms', () => {
    expect(timesOf('InvocationSucceeded', {})).toEqual([100]);
  });

  test('waits for timeouts on its own clock', () => {
    expect(timesOf('StepTimedOut', { whatsapp: 'silent', sms: 'silent' })).toEqual([30_000, 150_000]);
  });

  test('gives up on a send that hangs after ten seconds, and counts the timeout from there', () => {
    expect(timesOf('AttemptUncertain', { whatsapp: 'hang' })).toEqual([10_000]);
    expect(timesOf('StepTimedOut', { whatsapp: 'hang' })).toEqual([40_000]);
  });

  test('plays the script again for a retry', () => {
    const { state } = simulate(LADDER, scriptsOf({ whatsapp: 'reject:rate_limited' }), { startAt: START_AT });
    expect(state.steps[0]?.attempts.map(({ send }) => send)).toEqual(Array(6).fill('rejected'));
  });

  test('takes a receipt at the deadline itself for in time', () => {
    expect(timesOf('InvocationSucceeded', { whatsapp: 'delivered@30s' })).toEqual([30_000]);
    expect(timesOf('StepTimedOut', { whatsapp: 'delivered@30s' })).toEqual([]);
  });

  test('plays on after the end, so that late receipts are seen', () => {
    expect(timesOf('LateReceiptRecorded', { whatsapp: 'delivered@40s', sms: 'delivered@1s' })).toEqual([40_000]);
  });

  test('says what a gate would', () => {
    const { events } = simulate(LADDER, {}, { startAt: START_AT, blocked: { whatsapp: 'suppressed' } });
    expect(events.map(eventLine)).toContain('StepSkipped whatsapp suppressed');
  });

  test('is not misled by a step that is named like a property of every object', () => {
    const ladder = testLadder(flow([step('sms', { name: 'constructor' })]));
    expect(simulate(ladder, {}, { startAt: START_AT, blocked: {} }).state.status).toBe('succeeded');
  });

  test('gives the same history every time', () => {
    const scripts = scriptsOf({ whatsapp: 'sent@1s x2, undelivered:unreachable@2s', sms: 'early:delivered' });
    const run = () => simulate(LADDER, scripts, { startAt: START_AT }).events;
    expect(run()).toEqual(run());
  });
});
