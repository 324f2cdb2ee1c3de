import { Registry } from 'prom-client';
import { latencyBucket } from '../../core/latency-buckets';
import type { LogRecord } from '../../log/contract';
import type { Tally } from '../../projection/fold-batch';
import { createProjectionMetrics } from '../../projection/metrics';
import { readPrometheusText } from '../support/prometheus-text';

const AT = Date.parse('2026-11-21T10:00:00.000Z');
const SMS = { channel: 'sms', mode: 'live', currency: 'EUR' } as const;

function metricsAt(clock: { now: number }) {
  const registry = new Registry();
  const metrics = createProjectionMetrics(registry, () => clock.now);
  const value = async (name: string, labels: Record<string, string> = {}) => {
    const samples = readPrometheusText(await registry.metrics()).flatMap((family) => family.samples);
    const found = samples.filter(
      (one) => one.name === name && Object.entries(labels).every(([label, text]) => one.labels[label] === text),
    );
    return found.reduce((sum, one) => sum + one.value, 0);
  };
  return { metrics, value };
}

function recordAt(at: number, partition = 0): LogRecord {
  const events = [{ seq: 1, type: 'InvocationStarted', at: new Date(at).toISOString() }];
  const value = JSON.stringify({ invocationId: 'inv_1', workflowId: 'wf_1', events });
  return { topic: 'onward.events', partition, position: 1, key: 'inv_1', value };
}

const tally = (counts: Tally['counts']): Tally => ({ ...SMS, counts });

test('while a batch is in hand the lag is the age of its first event, and grows until it is written', async () => {
  const clock = { now: AT + 5_000 };
  const { metrics, value } = metricsAt(clock);
  let finish: (folded: number) => void = () => {};
  const { project } = metrics.watch({ project: () => new Promise((resolve) => (finish = resolve)) });
  const projected = project([recordAt(AT)]);
  expect(await value('onward_projection_lag_seconds')).toBe(5);
  clock.now += 2_000;
  expect(await value('onward_projection_lag_seconds')).toBe(7);
  finish(1);
  await projected;
  metrics.caughtUp();
  expect(await value('onward_projection_lag_seconds')).toBe(0);
  expect(await value('onward_projection_events_total')).toBe(1);
});

test('a batch that cannot be written stays behind, whatever another partition does', async () => {
  const clock = { now: AT };
  const { metrics, value } = metricsAt(clock);
  const { project } = metrics.watch({
    project: async ([record]) => {
      if (record?.partition === 1) throw new Error('the store is away');
      return 1;
    },
  });
  await expect(project([recordAt(AT, 1)])).rejects.toThrow('away');
  clock.now += 50_000;
  await project([recordAt(clock.now, 0)]);
  expect(await value('onward_projection_lag_seconds')).toBe(50);
});

test('a batch that does not come again has gone to another process with its partition', async () => {
  const clock = { now: AT };
  const { metrics, value } = metricsAt(clock);
  const { project } = metrics.watch({ project: () => Promise.reject(new Error('the partition was taken away')) });
  await expect(project([recordAt(AT)])).rejects.toThrow('taken away');
  clock.now += 120_000;
  expect(await value('onward_projection_lag_seconds')).toBe(0);
});

test('what the last batch was behind is told for a moment, and forgotten when nothing comes', async () => {
  const clock = { now: AT + 3_000 };
  const { metrics, value } = metricsAt(clock);
  await metrics.watch({ project: async () => 1 }).project([recordAt(AT)]);
  expect(await value('onward_projection_lag_seconds')).toBe(3);
  clock.now += 60_000;
  expect(await value('onward_projection_lag_seconds')).toBe(0);
});

test('a figure that is taken back stays counted, as a counter does not go down', async () => {
  const { metrics, value } = metricsAt({ now: AT });
  metrics.folded([tally({ delivered: 1, costMicros: 35_500 })]);
  metrics.folded([tally({ delivered: -1, failed: 1, costMicros: -5_500 })]);
  expect(await value('onward_steps_total', { outcome: 'delivered' })).toBe(1);
  expect(await value('onward_steps_total', { outcome: 'failed' })).toBe(1);
  expect(await value('onward_cost_total', { currency: 'EUR' })).toBeCloseTo(0.0355, 9);
});

test('times to deliver are those of the analytics, in seconds', async () => {
  const { metrics, value } = metricsAt({ now: AT });
  metrics.folded([tally({ [`latency.${latencyBucket(4_000)}`]: 1 })]);
  expect(await value('onward_time_to_deliver_seconds_count')).toBe(1);
  expect(await value('onward_time_to_deliver_seconds_sum')).toBeCloseTo(4, 1);
  expect(await value('onward_time_to_deliver_seconds_bucket', { le: '5' })).toBe(1);
  expect(await value('onward_time_to_deliver_seconds_bucket', { le: '2' })).toBe(0);
});

test('a currency that there is none of is counted as “other”, so that flows cannot make a label grow', async () => {
  const { metrics, value } = metricsAt({ now: AT });
  for (const currency of ['QQA', 'QQB', 'QQC']) metrics.folded([{ ...SMS, currency, counts: { costMicros: 1e6 } }]);
  expect(await value('onward_cost_total', { currency: 'other' })).toBe(3);
});
