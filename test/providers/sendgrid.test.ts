import { sendgrid } from '../../providers/sendgrid/sendgrid';
import { validator } from '../../schemas/validate';
import { openSendgrid } from '../stand-ins/sendgrid';
import { serve } from '../stand-ins/stand-in';
import { describeAdapter } from './adapter-suite';
import { carriedMail, content, INVOCATION, references, requestFor, trySendgrid } from './sendgrid-trial';

describeAdapter('sendgrid', {
  kind: sendgrid,
  open: openSendgrid,
  request: { channel: 'email', address: 'ann@example.com', content },
  refusals: [
    ['personalizations.0.to.0.email', 'invalid_address'],
    ['subject', 'template_invalid'],
    ['content.0.value', 'template_invalid'],
    ['from', 'provider_rejected'],
    ['413', 'content_rejected'],
    ['401', 'auth_failed'],
    ['Maximum credits exceeded', 'insufficient_funds'],
  ],
  receipts: [
    { status: 'accepted' },
    { status: 'delivered' },
    { status: 'read' },
    { status: 'clicked' },
    { status: 'undelivered', code: 'Invalid Address', reason: 'invalid_address' },
    { status: 'undelivered', code: '5.2.2', reason: 'unreachable' },
    { status: 'undelivered', code: '550', reason: 'invalid_address' },
    { status: 'failed', code: 'Bounced Address', reason: 'invalid_address' },
    { status: 'failed', code: 'Unsubscribed Address', reason: 'opted_out' },
  ],
  signs: true,
});

const trial = trySendgrid();

describe('the mail', () => {
  test('subject, text and HTML arrive as they were rendered, text first, with the reference and the sender’s name', async () => {
    const message = await carriedMail(trial);
    expect(message.raw).toEqual({
      from: { email: 'orders@shop.example', name: 'Onward' },
      personalizations: [{ to: [{ email: 'ann@example.com' }], custom_args: { ref: message.ref } }],
      subject: 'Your code',
      content: [
        { type: 'text/plain', value: content.text },
        { type: 'text/html', value: content.html },
      ],
      tracking_settings: { click_tracking: { enable: true, enable_text: false }, open_tracking: { enable: true } },
    });
    expect(references.verify(message.ref ?? '')).toMatchObject({ invocationId: INVOCATION });
  });

  test('twenty sends, one after the other, go over one connection', async () => {
    const own = await openSendgrid({ webhookUrl: trial.standIn.webhookUrl });
    const account = sendgrid.open({ id: 'pac_own', ...own.account }, trial.world);
    for (let n = 0; n < 20; n++) await account.send(requestFor());
    expect(own.carried).toHaveLength(20);
    expect(own.connections()).toBe(1);
    await account.close?.();
    await own.close();
  });

  test('two accounts never mix: each has its own key, sender and address of the interface', async () => {
    const other = await openSendgrid({ webhookUrl: trial.standIn.webhookUrl });
    const { settings, credentials } = other.account;
    const second = sendgrid.open(
      { id: 'pac_2', settings: { ...settings, from: 'two@shop.example' }, credentials },
      trial.world,
    );
    const before = trial.standIn.carried.length;
    await Promise.all([trial.adapter.send(requestFor()), second.send(requestFor())]);
    expect(trial.standIn.carried).toHaveLength(before + 1);
    expect(other.carried.map(({ raw }) => (raw as { from: unknown }).from)).toEqual([{ email: 'two@shop.example' }]);
    expect(other.complaints).toEqual([]);
    await second.close?.();
    await other.close();
  });

  test('a send that is given up ends at once and is not made again', async () => {
    const patience = new AbortController();
    trial.standIn.meets('hangs');
    const before = trial.standIn.carried.length;
    const sending = trial.adapter.send(requestFor({ signal: patience.signal }));
    while (trial.standIn.carried.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    patience.abort();
    await expect(sending).rejects.toThrow();
    expect(trial.standIn.carried).toHaveLength(before + 1);
  });

  test('without Retry-After, a busy SendGrid is obeyed by the time at which its limit is lifted', async () => {
    const at = Math.floor(trial.nowMs / 1000) * 1000;
    trial.nowMs = at;
    const busy = await openSendgrid({ webhookUrl: trial.standIn.webhookUrl });
    const limited = await serve(async () => ({
      status: 429,
      headers: { 'x-ratelimit-reset': String(at / 1000 + 7) },
      body: { errors: [{ field: null, message: 'too many requests' }] },
    }));
    const { settings, credentials } = busy.account;
    const account = sendgrid.open(
      { id: 'pac_3', settings: { ...settings, apiUrl: limited.url }, credentials },
      trial.world,
    );
    expect(await account.send(requestFor())).toMatchObject({ reason: 'rate_limited', retryAfterMs: 7_000 });
    await account.close?.();
    await limited.close();
    await busy.close();
  });

  test('a redirect is not followed: the key goes nowhere else', async () => {
    let elsewhere = 0;
    const trap = await serve(async () => {
      elsewhere++;
      return { status: 202 };
    });
    const redirecting = await serve(async () => ({ status: 307, headers: { location: trap.url }, body: '' }));
    const { settings, credentials } = trial.standIn.account;
    const account = sendgrid.open(
      { id: 'pac_4', settings: { ...settings, apiUrl: redirecting.url }, credentials },
      trial.world,
    );
    expect(await account.send(requestFor())).toMatchObject({ outcome: 'rejected', reason: 'unknown', code: '307' });
    expect(elsewhere).toBe(0);
    await account.close?.();
    await redirecting.close();
    await trap.close();
  });
});

describe('the account', () => {
  test('a key without the permission to send does not pass its trial, nor does a wrong one', async () => {
    trial.standIn.scopes = ['user.account.read'];
    expect(await trial.adapter.test?.()).toMatchObject({ ok: false, code: 'mail.send' });
    trial.standIn.scopes = ['mail.send'];
    const wrong = sendgrid.open(
      { id: 'pac_w', settings: trial.standIn.account.settings, credentials: { apiKey: 'SG.wrong' } },
      trial.world,
    );
    expect(await wrong.test?.()).toMatchObject({ ok: false, code: '401' });
    expect(trial.standIn.complaints.splice(0)).toHaveLength(1);
    await wrong.close?.();
  });

  test('the environment describes it, and its schemas accept it', () => {
    const env = {
      SENDGRID_API_KEY: 'SG.a.b',
      SENDGRID_FROM: 'Shop <orders@shop.example>',
      SENDGRID_API_URL: 'http://127.0.0.1:1',
      SENDGRID_WEBHOOK_PUBLIC_KEY: trial.standIn.publicKey,
    };
    const found = sendgrid.fromEnvironment(env);
    expect(found).toEqual({
      settings: { from: env.SENDGRID_FROM, apiUrl: env.SENDGRID_API_URL, webhookPublicKey: trial.standIn.publicKey },
      credentials: { apiKey: 'SG.a.b' },
    });
    expect(validator(sendgrid.settings, 'settings')(found?.settings)).toMatchObject({ ok: true });
    expect(validator(sendgrid.credentials, 'credentials')(found?.credentials)).toMatchObject({ ok: true });
    expect(sendgrid.fromEnvironment({ SENDGRID_FROM: 'a@b.example' })).toBeNull();
    expect(validator(sendgrid.settings, 'settings')({ from: 'nobody' })).toMatchObject({ ok: false });
  });
});
