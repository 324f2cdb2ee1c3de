import { worstCase } from '../../core/cost';
import { testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';

describe('the worst case', () => {
  test('is every step once, and every timeout in full', () => {
    const ladder = testLadder(flow([step('whatsapp', { timeoutSeconds: 30 }), step('sms', { timeoutSeconds: 120 })]));
    expect(worstCase(ladder)).toEqual({ costMicros: 71_000, currency: 'EUR', seconds: 150 });
  });

  test('counts all branches of a parallel step, and its own timeout alone', () => {
    const both = parallel('any', [[step('sms'), step('push')], [step('email')]], { timeoutSeconds: 60 });
    const ladder = testLadder(flow([step('whatsapp', { timeoutSeconds: 30 }), both]));
    expect(worstCase(ladder)).toEqual({ costMicros: 35_500 + 35_500 + 500 + 500, currency: 'EUR', seconds: 90 });
  });

  test.each(['skip_step', 'stop_flow'] as const)('never passes the budget, whether it is %s', (onExceeded) => {
    const budget = { maxCostMicros: 50_000, currency: 'EUR', onExceeded };
    expect(worstCase(testLadder(flow([step('whatsapp'), step('sms')], { budget }))).costMicros).toBe(50_000);
  });

  test('never lasts longer than the invocation lives', () => {
    const ladder = testLadder(flow([step('whatsapp', { timeoutSeconds: 600 })], { expiresAfterSeconds: 60 }));
    expect(worstCase(ladder).seconds).toBe(60);
  });

  test('is in the currency of the budget', () => {
    const budget = { maxCostMicros: 1_000_000, currency: 'USD', onExceeded: 'skip_step' } as const;
    expect(worstCase(testLadder(flow([step('sms')], { budget }))).currency).toBe('USD');
  });
});
