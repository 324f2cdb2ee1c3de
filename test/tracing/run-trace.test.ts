import { type ApiUnderTest, INVOKE, publishOtp, startApi } from '../api/api-under-test';
import { until } from '../support/until';
import { idOf, named, parentOf, recordTracing, textOf, traceOf } from './recorded-spans';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const PHONE = '+393351234567';
const CODE = '493021';
const FALLBACK = { whatsapp: 'reject:unreachable', sms: 'silent' };
const EXPORTED = { traceparent: `00-${TRACE}-${CALLER}-01` };

const recorded = recordTracing();
let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi(undefined, { tracing: recorded.tracing });
  await publishOtp(api);
});
afterAll(async () => {
  await api.close();
  await recorded.tracing.shutdown();
});

async function invoke(headers: Record<string, string>, sandbox: Record<string, string> = FALLBACK): Promise<string> {
  const body = { recipient: { phone: PHONE, id: 'ann' }, variables: { code: CODE }, sandbox };
  const answer = await api.call('POST', INVOKE, { key: api.keys.test, body, headers });
  expect(answer.status).toBe(202);
  return answer.body.id;
}

async function receive(id: string, status = 'delivered', headers: Record<string, string> = {}): Promise<void> {
  const receipt = { invocationId: id, step: 'sms', status };
  const answer = await api.call('POST', '/v1/receipts', { body: receipt, headers });
  expect(answer.status).toBe(202);
}

async function ended(id: string): Promise<void> {
  await until(async () => ((await api.house.engine.describe(id))?.endedAt ?? null) !== null, `the end of ${id}`);
}

async function waitsForSms(id: string): Promise<void> {
  await until(async () => {
    const state = await api.house.engine.describe(id);
    return state?.steps[1]?.attempts[0]?.send === 'accepted';
  }, 'the SMS to be taken');
}

async function spansOf(id: string) {
  return (await recorded.spans()).filter((span) => span.attributes['onward.invocation_id'] === id);
}

/** Invoked, fallen back to SMS, delivered. */
async function wholeRun(headers: Record<string, string>): Promise<string> {
  const id = await invoke(headers);
  await waitsForSms(id);
  await receive(id);
  await ended(id);
  return id;
}

describe('a run that falls back', () => {
  let id: string;
  let spans: Awaited<ReturnType<typeof spansOf>>;
  beforeAll(async () => {
    id = await wholeRun(EXPORTED);
    spans = await spansOf(id);
  });

  test('is one trace from the caller’s span to the end, each span under the one that led to it', () => {
    expect(new Set(spans.map(traceOf))).toEqual(new Set([TRACE]));
    expect(new Set(spans.map(idOf)).size).toBe(spans.length);
    const request = named(spans, 'POST /v1/workflows/{workflowId}/invocations');
    const run = named(spans, 'invocation');
    expect(parentOf(request)).toBe(CALLER);
    expect(parentOf(run)).toBe(idOf(request));
    for (const name of ['send whatsapp', 'send sms', 'wait sms', 'process onward.receipts']) {
      expect({ name, parent: parentOf(named(spans, name)) }).toEqual({ name, parent: idOf(run) });
    }
    expect(spans).toHaveLength(6);
  });

  test('tells of each send by whom, on what channel, of which step and attempt it was, and what came of it', () => {
    expect(named(spans, 'send whatsapp').attributes).toMatchObject({
      'messaging.operation.type': 'send',
      'messaging.system': 'sandbox',
      'messaging.destination.name': 'whatsapp',
      'onward.provider': 'sandbox',
      'onward.channel': 'whatsapp',
      'onward.step': 'whatsapp',
      'onward.attempt': 1,
      'onward.outcome': 'rejected',
      'onward.reason': 'unreachable',
      'error.type': 'unreachable',
    });
    expect(named(spans, 'send sms').attributes).toMatchObject({ 'onward.step': 'sms', 'onward.outcome': 'accepted' });
  });

  test('has what was decided as events of the run, and what it came to as its attributes', () => {
    const run = named(spans, 'invocation');
    expect(run.events.map(({ name }) => name)).toEqual([
      'StepStarted',
      'AttemptRejected',
      'StepFailed',
      'LadderAdvanced',
      'StepStarted',
      'ReceiptRecorded',
      'StepSucceeded',
      'InvocationSucceeded',
    ]);
    const advanced = run.events.find(({ name }) => name === 'LadderAdvanced');
    expect(advanced?.attributes).toMatchObject({
      'onward.step': 'whatsapp',
      'onward.next_step': 'sms',
      'onward.reason': 'unreachable',
    });
    expect(run.attributes).toMatchObject({
      'onward.workflow_id': 'wf_otp',
      'onward.status': 'succeeded',
      'onward.reached_step': 'sms',
      'onward.reached_channel': 'sms',
      'onward.mode': 'test',
    });
  });

  test('tells of the wait for the receipt, and links the receipt to the request that brought it', async () => {
    expect(named(spans, 'wait sms').attributes).toMatchObject({ 'onward.outcome': 'receipt', 'onward.attempt': 1 });
    const receipt = named(spans, 'process onward.receipts');
    expect(receipt.attributes).toMatchObject({ 'onward.receipt_status': 'delivered', 'onward.step': 'sms' });
    const bringers = (await recorded.spans()).filter(({ name }) => name === 'POST /v1/receipts');
    const links = receipt.links.map(({ context }) => context.spanId);
    expect(bringers.map(idOf)).toEqual(expect.arrayContaining(links));
    expect(links).toHaveLength(1);
  });

  test('a callback joins it, and is given the header to send on', async () => {
    let given: string | null = null;
    const of = { invocationId: id, type: 'invocation.succeeded', profileId: 'cbp_1', deliveryId: 'dlv_1', attempt: 2 };
    await api.house.runTracing?.callback(of, async (traceparent) => {
      given = traceparent;
      return { responseCode: 503, error: `nobody at ${PHONE}` };
    });
    const callback = named(await recorded.spans(), 'callback invocation.succeeded');
    expect(given).toBe(`00-${TRACE}-${idOf(callback)}-01`);
    expect(parentOf(callback)).toBe(idOf(named(spans, 'invocation')));
    expect(callback.attributes).toMatchObject({
      'http.response.status_code': 503,
      'onward.callback_attempt': 2,
      'error.type': '503',
    });
  });

  test('tells no address, variable or name of the recipient', async () => {
    const text = textOf(await recorded.spans());
    expect(text).toContain('wf_otp');
    for (const secret of [PHONE, PHONE.slice(1), CODE, 'ann']) expect(text).not.toContain(`"${secret}"`);
    expect(text).not.toContain(PHONE.slice(1));
  });
});

test('a run that nobody began a trace for has one of its own', async () => {
  const id = await wholeRun({});
  const spans = await spansOf(id);
  const request = named(spans, 'POST /v1/workflows/{workflowId}/invocations');
  expect(parentOf(request)).toBeUndefined();
  expect(new Set(spans.map(traceOf))).toEqual(new Set([traceOf(request)]));
  expect((await api.house.store.records.get(id))?.traceparent).toBe(`00-${traceOf(request)}-${idOf(request)}-01`);
});

test('a caller who records nothing is followed: no span, and nothing kept', async () => {
  const id = await wholeRun({ traceparent: `00-${TRACE}-${CALLER}-00` });
  expect(await spansOf(id)).toEqual([]);
  expect((await api.house.store.records.get(id))?.traceparent).toBeUndefined();
});

test.each([
  ['is no traceparent', 'nonsense'],
  ['has no trace ID', `00-${'0'.repeat(32)}-${CALLER}-01`],
  ['is very long', 'x'.repeat(5_000)],
])('a header that %s begins a trace of our own', async (_, traceparent) => {
  const id = await invoke({ traceparent }, { whatsapp: 'delivered' });
  await ended(id);
  const request = named(await spansOf(id), 'POST /v1/workflows/{workflowId}/invocations');
  expect(parentOf(request)).toBeUndefined();
});

test('what anybody may call does not decide what is recorded', async () => {
  await api.call('POST', '/v1/receipts/twilio', { key: null, body: '{}', headers: EXPORTED });
  const request = named(await recorded.spans(), 'POST /v1/receipts/{provider}');
  expect(traceOf(request)).not.toBe(TRACE);
  expect(parentOf(request)).toBeUndefined();
});

test('each run of a batch has a trace of its own, linked to the request', async () => {
  const item = { recipient: { phone: PHONE }, variables: { code: CODE }, sandbox: { whatsapp: 'delivered' } };
  const answer = await api.call('POST', `${INVOKE}/batch`, {
    key: api.keys.test,
    body: [item, item, { recipient: {} }],
    headers: EXPORTED,
  });
  const ids = answer.body.flatMap(({ id }: { id?: string }) => (id ? [id] : []));
  expect(ids).toHaveLength(2);
  for (const id of ids) await ended(id);
  const request = named(await recorded.spans(), 'POST /v1/workflows/{workflowId}/invocations/batch');
  const traces = new Set<string>();
  for (const id of ids) {
    const spans = await spansOf(id);
    const begun = named(spans, 'invoke');
    expect(begun.links.map(({ context }) => context.spanId)).toEqual([idOf(request)]);
    expect(parentOf(named(spans, 'invocation'))).toBe(idOf(begun));
    traces.add(traceOf(begun));
  }
  expect(traces.size).toBe(2);
  expect(traces).not.toContain(TRACE);
});

test('a late receipt comes into the trace of its run after the end', async () => {
  const id = await wholeRun(EXPORTED);
  await receive(id, 'read');
  await until(async () => (await spansOf(id)).filter(({ name }) => name.startsWith('process')).length === 2, 'it');
});

test('who watches over the process is not traced', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics']) await api.call('GET', path, { key: null });
  const names = (await recorded.spans()).map(({ name }) => name);
  expect(names.filter((name) => /healthz|readyz|metrics/.test(name))).toEqual([]);
});

test('a fault of ours is logged with the trace in which it came', async () => {
  const lines: object[] = [];
  const { tracing } = recordTracing();
  const broken = await startApi(
    (deps) => ({
      ...deps,
      store: { ...deps.store, consents: { ...deps.store.consents, list: () => Promise.reject(new Error('a fault')) } },
    }),
    { tracing, logged: (_, fields) => void lines.push(fields) },
  );
  await broken.call('GET', '/v1/consents?recipientId=ann', { headers: EXPORTED });
  await broken.close();
  await tracing.shutdown();
  expect(lines).toContainEqual(
    expect.objectContaining({ trace_id: TRACE, span_id: expect.stringMatching(/^\w{16}$/) }),
  );
});

test('where traces go nowhere, nothing is read, kept or told', async () => {
  const plain = await startApi();
  await publishOtp(plain);
  const body = { recipient: { phone: PHONE }, variables: { code: CODE }, sandbox: { whatsapp: 'delivered' } };
  const { body: answer } = await plain.call('POST', INVOKE, { key: plain.keys.test, body, headers: EXPORTED });
  expect(await plain.house.store.records.get(answer.id)).not.toHaveProperty('traceparent');
  expect(plain.house.runTracing).toBeNull();
  await plain.close();
});

test('a sampler that takes nothing leaves nothing, but for a caller who records', async () => {
  process.env.OTEL_TRACES_SAMPLER = 'parentbased_always_off';
  const { tracing, spans } = recordTracing();
  delete process.env.OTEL_TRACES_SAMPLER;
  const quiet = await startApi(undefined, { tracing });
  await publishOtp(quiet);
  const body = { recipient: { phone: PHONE }, variables: { code: CODE }, sandbox: { whatsapp: 'delivered' } };
  const begin = async (headers: Record<string, string>) => {
    const { body: answer } = await quiet.call('POST', INVOKE, { key: quiet.keys.test, body, headers });
    return quiet.house.store.records.get(answer.id);
  };
  expect(await begin({})).not.toHaveProperty('traceparent');
  expect(await begin(EXPORTED)).toMatchObject({ traceparent: expect.stringContaining(TRACE) });
  await quiet.close();
  expect(new Set((await spans()).map(traceOf))).toEqual(new Set([TRACE]));
  await tracing.shutdown();
});
