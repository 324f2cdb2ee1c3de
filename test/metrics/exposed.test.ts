import { join } from 'node:path';
import { CHANNELS, MODES, PROVIDERS } from '../../schemas/vocabulary';
import { type Family, readPrometheusText, type Sample } from '../support/prometheus-text';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const folder = temporaryFolder();
const start = serverProcesses();
let server: ServerProcess;
beforeAll(async () => {
  server = await (await start({ dataFolder: join(folder, 'data') })).ready();
}, 30_000);

async function scrape(): Promise<Family[]> {
  const response = await fetch(`${server.url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return readPrometheusText(await response.text());
}

function samplesOf(families: readonly Family[], name: string): Sample[] {
  const family = families.find((one) => one.name === name);
  if (!family) throw new Error(`there is no ${name}`);
  return family.samples;
}

function total(families: readonly Family[], name: string, labels: Record<string, string> = {}): number {
  const matching = families
    .flatMap(({ samples }) => samples)
    .filter((one) => one.name === name)
    .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value));
  return matching.reduce((sum, { value }) => sum + value, 0);
}

async function post(path: string, body: unknown, key = server.testKey): Promise<{ id: string }> {
  const headers = { 'api-key': key, 'content-type': 'application/json' };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as { id: string };
}

function invoke(phone: string, sandbox: Record<string, string>): Promise<{ id: string }> {
  const body = { recipient: { phone }, variables: { code: '493021' }, sandbox };
  return post('/v1/workflows/wf_otp/invocations', body);
}

describe('after a run that fell back, was late and reached somebody twice', () => {
  let families: Family[];
  beforeAll(async () => {
    const sandbox = { whatsapp: 'reject:unreachable', sms: 'delivered@20ms' };
    const { id } = await invoke('+393351234567', sandbox);
    const stray = { invocationId: id, step: 'whatsapp', status: 'delivered' };
    const projected = async () => total(await scrape(), 'onward_time_to_deliver_seconds_count') >= 1;
    await until(projected, 'the delivery to be counted', 20_000);
    await post('/v1/receipts', stray, server.ownerKey);
    await until(async () => total(await scrape(), 'onward_duplicates_total') >= 1, 'the duplicate', 20_000);
    families = await scrape();
  }, 60_000);

  test('each is counted by channel and mode, the projection’s thread included', () => {
    const test = { mode: 'test' };
    expect(total(families, 'onward_steps_total', { ...test, channel: 'whatsapp', outcome: 'failed' })).toBe(1);
    expect(total(families, 'onward_steps_total', { ...test, channel: 'sms', outcome: 'delivered' })).toBe(1);
    expect(total(families, 'onward_attempts_total', { ...test, channel: 'sms' })).toBe(1);
    expect(total(families, 'onward_saved_by_fallback_total', { ...test, channel: 'sms' })).toBe(1);
    expect(total(families, 'onward_late_deliveries_total', { ...test, channel: 'whatsapp' })).toBe(1);
    expect(total(families, 'onward_duplicates_total', test)).toBe(1);
    expect(total(families, 'onward_cost_total', { ...test, channel: 'sms', currency: 'EUR' })).toBeCloseTo(0.0355, 6);
    expect(total(families, 'onward_projection_events_total')).toBeGreaterThan(5);
  });

  test('what the engine and the disk do is measured', () => {
    expect(total(families, 'onward_sends_total', { provider: 'sandbox', outcome: 'rejected' })).toBe(1);
    expect(total(families, 'onward_sends_total', { provider: 'sandbox', outcome: 'accepted' })).toBe(1);
    expect(total(families, 'onward_send_duration_seconds_count', { provider: 'sandbox' })).toBe(2);
    expect(total(families, 'onward_sends_in_flight')).toBe(0);
    expect(total(families, 'onward_invocations_open')).toBe(0);
    expect(total(families, 'onward_commit_duration_seconds_count')).toBeGreaterThan(0);
    const invoked = { method: 'POST', route: '/v1/workflows/{workflowId}/invocations' };
    expect(total(families, 'onward_http_request_duration_seconds_count', invoked)).toBe(1);
  });

  test('a failure told by a receipt is timed until the next send begins', async () => {
    const before = total(families, 'onward_receipt_to_send_seconds_count');
    await invoke('+393351234567', { whatsapp: 'undelivered:unreachable@20ms', sms: 'delivered@20ms' });
    const timed = async () => total(await scrape(), 'onward_receipt_to_send_seconds_count') === before + 1;
    await until(timed, 'the send to be timed', 20_000);
  });

  test('which Onward it is stands in the labels of onward_build_info', () => {
    const [build] = samplesOf(families, 'onward_build_info');
    expect(build).toMatchObject({ value: 1, labels: { engine: 'embedded', log: 'sqlite', store: 'sqlite' } });
    expect(build?.labels.version).toMatch(/^\d+\.\d+\.\d+/);
  });
});

test('names are as Prometheus wants them: counters end in _total, units are seconds and bytes', async () => {
  const ours = (await scrape()).filter(({ name }) => name.startsWith('onward_'));
  expect(ours.length).toBeGreaterThan(30);
  const counters = ours.filter(({ type }) => type === 'counter');
  expect(counters.filter(({ name }) => !name.endsWith('_total'))).toEqual([]);
  expect(ours.filter(({ name, type }) => type !== 'counter' && name.endsWith('_total'))).toEqual([]);
  expect(ours.filter(({ name }) => /_(ms|millis|milliseconds|minutes|kb|micros)(_|$)/.test(name))).toEqual([]);
});

test('the projection is not behind once all is folded in', async () => {
  const caughtUp = async () => total(await scrape(), 'onward_projection_lag_seconds') === 0;
  await until(caughtUp, 'the lag to be 0', 20_000);
});

describe('no label grows with what clients send', () => {
  const series = (families: readonly Family[]) =>
    families
      .filter(({ name }) => name.startsWith('onward_'))
      .flatMap(({ samples }) => samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`));

  async function strangeRequests(round: number): Promise<void> {
    const ids: string[] = [];
    for (let n = 0; n < 10; n++) {
      const invented = `${round}-${n}-${Math.random()}`;
      await fetch(`${server.url}/v1/${invented}`, { method: n % 2 ? 'GET' : 'PROPFIND' });
      await fetch(`${server.url}/v1/receipts/${invented}`, { method: 'POST', body: invented });
      await post(`/v1/workflows/${invented}/invocations`, {});
      await post('/v1/receipts', { provider: invented, providerMessageId: invented, status: 'read' }, server.ownerKey);
      ids.push((await invoke(`+3933512${round}456${n}`, { whatsapp: `delivered@${n}ms` })).id);
    }
    const gone = async () => total(await scrape(), 'onward_invocations_open') === 0;
    await until(gone, 'the runs to end', 30_000);
    expect(ids).toHaveLength(10);
  }

  test('the same kinds of requests with other contents add no series', async () => {
    await strangeRequests(1);
    await until(async () => total(await scrape(), 'onward_projection_lag_seconds') === 0, 'the projection', 20_000);
    const before = new Set(series(await scrape()));
    await strangeRequests(2);
    await until(async () => total(await scrape(), 'onward_projection_lag_seconds') === 0, 'the projection', 20_000);
    expect(series(await scrape()).filter((one) => !before.has(one))).toEqual([]);
  }, 90_000);

  test('channels, modes and providers are of closed lists', async () => {
    const known: Record<string, readonly string[]> = { channel: CHANNELS, mode: MODES, provider: PROVIDERS };
    for (const { name, samples } of await scrape()) {
      if (!name.startsWith('onward_')) continue;
      for (const { labels } of samples) {
        for (const [label, words] of Object.entries(known)) {
          if (labels[label] !== undefined) expect(words).toContain(labels[label]);
        }
      }
    }
  });
});
