import { type Example, loadExamples } from '../examples/load';
import { isParallel } from '../schemas/flow';
import type { InvocationView } from '../schemas/invocation';
import { type ApiUnderTest, approve, must, startApi } from './api/api-under-test';
import { openFcm } from './stand-ins/fcm';
import { openSendgrid } from './stand-ins/sendgrid';
import { type Carried, deliver, type StandIn } from './stand-ins/stand-in';
import { openTwilio } from './stand-ins/twilio';
import { openWhatsappCloud } from './stand-ins/whatsapp-cloud';
import { until } from './support/until';

/** The examples with a live key: their providers are stand-ins, and what these received is what counts. */
const PUBLIC_URL = 'http://127.0.0.1:1';
const OPEN = { twilio: openTwilio, sendgrid: openSendgrid, fcm: openFcm, 'whatsapp-cloud': openWhatsappCloud };
type Named = keyof typeof OPEN;

let api: ApiUnderTest;
const standIns = {} as Record<Named, StandIn>;
const examples = loadExamples();
const example = (folder: string): Example => {
  const found = examples.find((one) => one.folder === folder);
  if (!found) throw new Error(`there is no example ${folder}`);
  return found;
};

beforeAll(async () => {
  api = await startApi();
  for (const [provider, open] of Object.entries(OPEN)) {
    const standIn = await open({ webhookUrl: `${PUBLIC_URL}/v1/receipts/${provider}` });
    standIns[provider as Named] = standIn;
    const body = { name: provider, provider, ...standIn.account };
    await must(api.call('POST', '/v1/provider-accounts', { body }), 201);
  }
  for (const { flow, templates } of examples) {
    for (const body of templates) {
      await must(api.call('POST', '/v1/templates', { body }), 201);
      await approve(api, body.id);
    }
    // At any hour: the quiet hours have tests of their own.
    const { quietHours: _, ...definition } = flow;
    await must(api.call('POST', '/v1/flows', { body: definition }), 201);
    await must(api.call('POST', `/v1/flows/${flow.workflowId}/publish`, { body: {} }), 200);
  }
});
afterAll(async () => {
  await api?.close();
  for (const standIn of Object.values(standIns)) await standIn.close();
});
afterEach(() => {
  for (const { complaints } of Object.values(standIns)) expect(complaints).toEqual([]);
});

async function invoke(folder: string, locale?: string): Promise<string> {
  const { flow, invocation } = example(folder);
  const body = { ...invocation, recipient: { ...invocation.recipient, ...(locale && { locale }) } };
  const path = `/v1/workflows/${flow.workflowId}/invocations`;
  return (await must(api.call('POST', path, { body, key: api.keys.live }), 202)).body.id;
}

/** What they have received since. */
function since(): (provider: Named) => readonly Carried[] {
  const before = new Map(Object.entries(standIns).map(([name, { carried }]) => [name, carried.length]));
  return (provider) => standIns[provider].carried.slice(before.get(provider) ?? 0);
}

async function delivered(provider: Named, message: Carried): Promise<void> {
  const webhook = standIns[provider].webhook?.(message, { status: 'delivered' });
  if (!webhook) throw new Error(`${provider} has no webhooks`);
  expect(await deliver({ ...webhook, url: webhook.url.replace(PUBLIC_URL, api.url) })).toBeLessThan(300);
}

async function ended(id: string): Promise<InvocationView> {
  return (await must(api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=10' } }), 200)).body;
}

test('wf_otp: outside WhatsApp’s session window the code goes by SMS, once, in the person’s language', async () => {
  const received = since();
  standIns.twilio.meets({ refuses: '63016' });
  const id = await invoke('otp', 'it');
  await until(() => received('twilio').length > 0, 'the SMS is there');
  const [sms] = received('twilio');
  await delivered('twilio', sms as Carried);
  expect(await ended(id)).toMatchObject({
    status: 'succeeded',
    reachedStep: 'sms',
    attempts: [expect.objectContaining({ reason: 'outside_session_window', code: '63016' }), expect.anything()],
  });
  const { code } = example('otp').invocation.variables as { code: string };
  expect(received('twilio')).toEqual([
    expect.objectContaining({ to: '+393351234567', text: `${code} è il tuo codice di verifica. Non condividerlo.` }),
  ]);
});

test('wf_appointment: a number without WhatsApp gets one SMS, and no e-mail', async () => {
  const received = since();
  standIns.twilio.meets({ refuses: '63003' });
  const id = await invoke('appointment');
  await until(() => received('twilio').length > 0, 'the SMS is there');
  await delivered('twilio', received('twilio')[0] as Carried);
  expect(await ended(id)).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
  expect(received('twilio').map(({ to }) => to)).toEqual([example('appointment').invocation.recipient.phone]);
  expect(received('sendgrid')).toEqual([]);
});

test('wf_marketing: what WhatsApp does not deliver goes by e-mail, once, with the offer escaped in its HTML', async () => {
  const received = since();
  standIns['whatsapp-cloud'].meets({ refuses: '131026' });
  const id = await invoke('marketing');
  await until(() => received('sendgrid').length > 0, 'the e-mail is there');
  await delivered('sendgrid', received('sendgrid')[0] as Carried);
  expect(await ended(id)).toMatchObject({ status: 'succeeded', reachedStep: 'email' });
  expect(received('sendgrid')).toHaveLength(1);
  expect(received('whatsapp-cloud')).toEqual([]);
  const { offer } = example('marketing').invocation.variables as { offer: string };
  expect(received('sendgrid')[0]?.text).toBe(offer);
});

test('wf_alert: an app that is gone gets its alert as one SMS and one e-mail, side by side', async () => {
  const received = since();
  standIns.fcm.meets({ refuses: 'UNREGISTERED' });
  const id = await invoke('alert');
  await until(() => received('twilio').length > 0 && received('sendgrid').length > 0, 'both are there');
  await delivered('twilio', received('twilio')[0] as Carried);
  expect(await ended(id)).toMatchObject({ status: 'succeeded', reachedStep: 'sms' });
  expect([received('twilio').length, received('sendgrid').length, received('fcm').length]).toEqual([1, 1, 0]);
  const { what, where } = example('alert').invocation.variables as { what: string; where: string };
  expect(received('twilio')[0]?.text).toBe(`${where}: ${what}. Follow the instructions on site.`);
});

test('every provider that an example names is played here', () => {
  const steps = examples.flatMap(({ flow }) =>
    flow.steps.flatMap((one) => (isParallel(one) ? one.parallel.flat() : [one])),
  );
  for (const { provider } of steps) expect(Object.keys(OPEN)).toContain(provider);
});
