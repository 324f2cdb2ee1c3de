import { sampleBody } from '../../callbacks/sample';
import { CALLBACK_TYPES, type Callback } from '../../schemas/callback';

const NOW = Date.parse('2026-11-21T10:00:00.000Z');

test.each(CALLBACK_TYPES)('there is a sample of %s, and it is of that type', (type) => {
  const sample = JSON.parse(sampleBody({ format: 'onward' }, type, NOW)) as Callback;
  expect(sample.type).toBe(type);
  expect(Date.parse(sample.timestamp)).toBeLessThanOrEqual(NOW);
});

test('the sample of a late delivery has the run that had ended, and whom it reached twice', () => {
  const { data } = JSON.parse(sampleBody({ format: 'onward' }, 'invocation.late_delivered', NOW)) as Callback;
  expect(data).toMatchObject({ status: 'succeeded', duplicate: true, costTwiceMicros: 35_500, step: 'whatsapp' });
});

test('in Kaleyra’s format every sample is its one body', () => {
  for (const type of CALLBACK_TYPES.filter((one) => one !== 'callback_profile.disabled')) {
    expect(JSON.parse(sampleBody({ format: 'kaleyra' }, type, NOW))).toMatchObject({
      executionStatus: 'COMPLETED',
      result: { channel1: { channel: 'whatsapp' }, channel2: { channel: 'sms' } },
    });
  }
});
