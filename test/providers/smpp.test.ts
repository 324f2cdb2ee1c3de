import type { ProviderAdapter, ProviderWorld, SendRequest } from '../../providers/contract';
import { Connection } from '../../providers/smpp/connection';
import { smpp } from '../../providers/smpp/smpp';
import { relativeTime } from '../../providers/smpp/submit';
import { COMMAND_STATUSES, MESSAGE_STATES, stateName } from '../../providers/smpp/tables';
import type { Receipt } from '../../schemas/receipt';
import { validator } from '../../schemas/validate';
import type { Reason } from '../../schemas/vocabulary';
import { openSmsc, type Smsc, type Submitted } from '../stand-ins/smsc';
import { describeAdapter } from './adapter-suite';

describeAdapter('smpp', {
  kind: smpp,
  open: openSmsc,
  refusals: [
    ['11', 'invalid_address'],
    ['88', 'rate_limited'],
    ['20', 'rate_limited'],
    ['1', 'content_rejected'],
    ['69', 'provider_rejected'],
  ],
  receipts: [
    { status: 'sent' },
    { status: 'accepted' },
    { status: 'delivered', code: '000' },
    { status: 'undelivered', code: '027', reason: 'unreachable' },
    { status: 'failed', reason: 'provider_rejected' },
    { status: 'rejected', reason: 'provider_rejected' },
    { status: 'expired', reason: 'expired' },
  ],
  signs: false,
  withoutHttp: true,
});

/** By reason, from SMPP 3.4, 5.1.3, in its own hexadecimal; from 0x100 on SMPP 5.0. */
const BY_REASON: Partial<Record<Reason, string>> = {
  content_rejected: '01 104',
  provider_rejected:
    '02 03 06 07 0A 0C 11 13 15 33 34 40 42 43 44 45 48 49 50 51 54 55 61 62 63 65 66 67 C0 C1 C2 C3 C4 103',
  provider_unavailable: '04 05 08 64 102',
  invalid_address: '0B',
  auth_failed: '0D 0E 0F 53 100 101',
  rate_limited: '14 58',
  unreachable: 'FE',
  unknown: 'FF',
};
const DOCUMENTED = Object.entries(BY_REASON).flatMap(([reason, codes]) =>
  codes.split(' ').map((code) => [`0x${code}`, reason]),
);

describe('the tables of SMPP', () => {
  test.each(DOCUMENTED)('command_status %s is %s', (code, reason) => {
    expect(COMMAND_STATUSES[String(Number(code))]?.reason).toBe(reason);
  });

  test('there is no row beside those', () => {
    const numbers = (codes: (string | undefined)[]) => codes.map(Number).sort((a, b) => a - b);
    expect(numbers(Object.keys(COMMAND_STATUSES))).toEqual(numbers(DOCUMENTED.map(([code]) => code)));
    for (const { title } of Object.values(COMMAND_STATUSES)) expect(title).toMatch(/^ESME_R[A-Z_]+: ./);
  });

  test.each([
    [0, 'SCHEDULED', null],
    [1, 'ENROUTE', 'sent'],
    [2, 'DELIVRD', 'delivered'],
    [3, 'EXPIRED', 'expired'],
    [4, 'DELETED', 'failed'],
    [5, 'UNDELIV', 'undelivered'],
    [6, 'ACCEPTD', 'accepted'],
    [7, 'UNKNOWN', null],
    [8, 'REJECTD', 'rejected'],
    [9, 'SKIPPED', 'undelivered'],
  ])('message_state %i is %s is %s', (number, name, status) => {
    expect(stateName(number)).toBe(name);
    expect(MESSAGE_STATES[name]?.status).toBe(status);
  });
});

describe('an SMSC', () => {
  let smsc: Smsc;
  let adapter: ProviderAdapter;
  const received: Receipt[] = [];
  const faults: string[] = [];
  const unknown: string[] = [];
  let logIsAway = false;
  const world: ProviderWorld = {
    callbackUrl: () => '',
    secretUrl: () => '',
    async receive(receipts) {
      if (logIsAway) throw new TypeError('the log is away');
      received.push(...receipts);
    },
    unknownCode: (code) => unknown.push(code),
    onFault: (message) => faults.push(message),
    clock: Date.now,
  };
  const opened = (settings = {}, credentials = {}) =>
    smpp.open(
      {
        id: 'pac_smsc',
        settings: { ...smsc.account.settings, ...settings },
        credentials: { ...smsc.account.credentials, ...credentials },
      },
      world,
    );
  const until = async (holds: () => boolean) => {
    const end = Date.now() + 5_000;
    while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(holds()).toBe(true);
  };

  beforeEach(async () => {
    smsc = await openSmsc({ webhookUrl: '' });
    adapter = opened();
    for (const list of [received, faults, unknown]) list.length = 0;
    logIsAway = false;
  });
  afterEach(async () => {
    expect(smsc.complaints).toEqual([]);
    await adapter.close?.();
    await smsc.close();
  });

  const request = (more: Partial<SendRequest> = {}): SendRequest => ({
    ...{ ref: 'r', invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH', step: 'first', attempt: 1, mode: 'live' },
    ...{ purpose: 'otp', channel: 'sms', address: '+393351234567', recipient: {}, template: 'tpl' },
    ...{ content: { text: 'hi' }, validitySeconds: 60, script: null, signal: new AbortController().signal },
    ...more,
  });
  const lastSubmitted = (): Submitted => {
    const last = smsc.carried.at(-1);
    if (!last) throw new Error('nothing was carried');
    return last.raw as Submitted;
  };
  const submittedOf = async (text: string, encoding?: 'GSM-7' | 'UCS-2' | 'EUC-KR') => {
    const message = encoding && ({ as: 'sms', encoding, parts: 1 } as const);
    expect(await adapter.send(request({ content: { text, message } }))).toMatchObject({ outcome: 'accepted' });
    return { text: smsc.carried.at(-1)?.text, ...lastSubmitted() };
  };

  test('the session stands without anybody sending, and is unbound at the end', async () => {
    await until(() => smsc.bound() === 1);
    await adapter.close?.();
    await until(() => smsc.bound() === 0);
    expect(await adapter.send(request())).toMatchObject({ reason: 'provider_unavailable', code: 'closed' });
  });

  test('a text goes in the alphabet that holds it, and loses no character', async () => {
    const gsm = 'Ciao! è € {[~]} @£_ Δ';
    expect(await submittedOf(gsm, 'GSM-7')).toMatchObject({ text: gsm, dataCoding: 0, inPayload: false });
    expect(await submittedOf('Привет 🙂', 'UCS-2')).toMatchObject({ text: 'Привет 🙂', dataCoding: 8 });
    expect(await submittedOf('ç in GSM-7?', 'GSM-7')).toMatchObject({ text: 'ç in GSM-7?', dataCoding: 8 });
    expect(await submittedOf('plain')).toMatchObject({ dataCoding: 0 });
    expect(await submittedOf('안녕', 'EUC-KR')).toMatchObject({ dataCoding: 14 });
  });

  test('a long text goes whole, in one message_payload, so that there is one receipt', async () => {
    expect(await submittedOf('a'.repeat(160))).toMatchObject({ inPayload: false });
    expect(await submittedOf('a'.repeat(161))).toMatchObject({ inPayload: true, text: 'a'.repeat(161) });
    expect(await submittedOf('я'.repeat(70))).toMatchObject({ inPayload: false });
    expect(await submittedOf('я'.repeat(500))).toMatchObject({ inPayload: true, text: 'я'.repeat(500) });
    expect(smsc.carried.length).toBe(4);
  });

  test.each([
    [{ sourceAddress: 'Onward' }, [5, 0, 'Onward']],
    [{ sourceAddress: '48123' }, [3, 0, '48123']],
    [{ sourceAddress: '+393350000001' }, [1, 1, '393350000001']],
    [{ sourceAddress: '48123', sourceTon: 0, sourceNpi: 9 }, [0, 9, '48123']],
  ])('the source %j is announced as what it is', async (settings, expected) => {
    const other = opened(settings);
    await other.send(request());
    const { sourceTon, sourceNpi, source } = lastSubmitted();
    expect([sourceTon, sourceNpi, source]).toEqual(expected);
    await other.close?.();
  });

  test('the validity period is the step’s, from now on', async () => {
    expect([1, 0.2, 61, 3_600, 604_800].map(relativeTime)).toEqual([
      '000000000001000R',
      '000000000001000R',
      '000000000101000R',
      '000000010000000R',
      '000007000000000R',
    ]);
    await adapter.send(request({ validitySeconds: 600 }));
    const { validity } = lastSubmitted();
    expect(Math.abs((validity as Date).getTime() - Date.now() - 600_000)).toBeLessThan(5_000);
  });

  test('a receipt is acknowledged once the log has it, and comes again while it has not', async () => {
    await adapter.send(request());
    const id = smsc.carried[0]?.providerMessageId;
    const receipt = { short_message: Buffer.from(`id:${id} stat:DELIVRD err:000 text:stat:UNDELIV id:9`) };
    logIsAway = true;
    expect(await smsc.tell(receipt)).toBe(0x64);
    logIsAway = false;
    expect(await smsc.tell(receipt)).toBe(0);
    expect(received).toEqual([
      {
        provider: 'smpp',
        providerMessageId: id,
        status: 'delivered',
        reason: null,
        code: '000',
        raw: { stat: 'DELIVRD', err: '000' },
      },
    ]);
  });

  test('its optional parameters are believed before its text', async () => {
    await until(() => smsc.bound() === 1);
    const text = { short_message: Buffer.from('id:1 stat:ENROUTE') };
    expect(await smsc.tell({ ...text, receipted_message_id: 'a_B', message_state: 5, esm_class: 0 })).toBe(0);
    expect(received).toMatchObject([{ providerMessageId: 'a_B', status: 'undelivered', code: 'UNDELIV' }]);
    expect(await smsc.tell({ message_payload: Buffer.from('id:x_1 stat:deliVrd'), data_coding: 1 })).toBe(0);
    expect(received[1]).toMatchObject({ providerMessageId: 'x_1', status: 'delivered' });
  });

  test('UNKNOWN may be buffered: nothing is said; a state that nobody knows is counted', async () => {
    await until(() => smsc.bound() === 1);
    expect(await smsc.tell({ short_message: Buffer.from('id:1 stat:UNKNOWN err:000') })).toBe(0);
    expect(await smsc.tell({ short_message: Buffer.from('id:1 stat:QUANTUM err:000') })).toBe(0);
    expect(received).toEqual([]);
    expect(unknown).toEqual(['QUANTUM']);
  });

  test('what cannot be read, and what a person wrote, is acknowledged and is no receipt', async () => {
    await until(() => smsc.bound() === 1);
    expect(await smsc.tell({ short_message: Buffer.from('no receipt at all') })).toBe(0);
    expect(faults).toEqual(['a receipt of the SMSC cannot be read']);
    expect(await smsc.tell({ esm_class: 0, short_message: Buffer.from('id:1 stat:DELIVRD') })).toBe(0);
    expect(received).toEqual([]);
  });

  test('its own error codes, its clock and its two ways to write an ID are settings', async () => {
    const other = opened({ errors: { '001': 'landline' }, utcOffsetMinutes: 120, receiptIds: 'decimal' });
    await until(() => smsc.bound() === 2);
    await adapter.close?.();
    await until(() => smsc.bound() === 1);
    await smsc.tell({ short_message: Buffer.from('id:00255 done date:2611211030 stat:UNDELIV err:001') });
    expect(received).toMatchObject([
      { providerMessageId: 'ff', reason: 'landline', code: '001', at: '2026-11-21T08:30:00.000Z' },
    ]);
    await other.close?.();
  });

  test('a lost session is made again, and what was on its way is uncertain', async () => {
    smsc.meets('hangs');
    const answer = adapter.send(request());
    await until(() => smsc.carried.length === 1);
    smsc.drop();
    expect(await answer).toEqual({ outcome: 'uncertain' });
    await until(() => smsc.binds === 2);
    expect(await adapter.send(request())).toMatchObject({ outcome: 'accepted' });
    expect(faults).toEqual(['the session with the SMSC is lost']);
  });

  test('a peer that falls silent is found out, and the session is made again', async () => {
    await until(() => smsc.bound() === 1);
    await adapter.close?.();
    await until(() => smsc.bound() === 0);
    const { systemId: system_id, password } = smsc.account.credentials as { systemId: string; password: string };
    const connection = new Connection({
      ...{ host: '127.0.0.1', port: Number(smsc.account.settings.port), tls: false, bind: { system_id, password } },
      enquire: { everyMs: 20, patienceMs: 40 },
      deliver: async () => 0,
      onFault: (message) => faults.push(message),
    });
    const first = await connection.bound();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await connection.bound()).toBe(first);
    smsc.deaf = true;
    await until(() => faults.length > 0);
    smsc.deaf = false;
    expect(await connection.bound()).not.toBe(first);
    expect(smsc.binds).toBe(3);
    await connection.close();
  });

  test('a wrong password: surely not sent, and its trial says so', async () => {
    const other = opened({}, { password: 'wrong' });
    expect(await other.send(request())).toMatchObject({ outcome: 'rejected', reason: 'auth_failed', code: '14' });
    expect(await other.test?.()).toMatchObject({ ok: false, code: '14' });
    await other.close?.();
  });

  test('a wrong password is shown to the SMSC once in a while, however much is to be sent', async () => {
    const other = opened({}, { password: 'wrong' });
    for (let n = 0; n < 20; n++) {
      expect(await other.send(request())).toMatchObject({ outcome: 'rejected', reason: 'auth_failed', code: '14' });
    }
    expect(smsc.refusedBinds).toBeLessThan(4);
    const before = smsc.refusedBinds;
    await until(() => smsc.refusedBinds > before);
    await other.close?.();
  });

  test('no more wait for their answer at once than the window allows', async () => {
    const other = opened({ window: 2 });
    let open = 0;
    let most = 0;
    smsc.beforeAnswer = async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 10));
      open--;
    };
    const answers = await Promise.all(Array.from({ length: 9 }, () => other.send(request())));
    expect(answers.every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expect(most).toBe(2);
    await other.close?.();
  });

  test('who waits for the window longer than its patience was surely not sent', async () => {
    const other = opened({ window: 1 });
    smsc.meets('hangs');
    const first = new AbortController();
    const second = new AbortController();
    const uncertain = other.send(request({ signal: first.signal }));
    await until(() => smsc.carried.length === 1);
    const waiting = other.send(request({ signal: second.signal }));
    second.abort();
    expect(await waiting).toMatchObject({ outcome: 'rejected', reason: 'provider_unavailable', code: 'window' });
    first.abort();
    expect(await uncertain).toEqual({ outcome: 'uncertain' });
    expect(await other.send(request())).toMatchObject({ outcome: 'accepted' });
    expect(smsc.carried.length).toBe(2);
    await other.close?.();
  });

  test('what has no number or no text is not sent', async () => {
    expect(await adapter.send(request({ address: 'ann@example.com' }))).toMatchObject({ reason: 'invalid_address' });
    expect(await adapter.send(request({ content: { html: 'x' } }))).toMatchObject({ reason: 'template_invalid' });
    expect(smsc.carried).toEqual([]);
  });

  test('the environment describes one', () => {
    const env = { SMPP_HOST: 'smsc.example', SMPP_SYSTEM_ID: 'id', SMPP_PASSWORD: 'pw', SMPP_SOURCE_ADDRESS: 'Onward' };
    const found = smpp.fromEnvironment({ ...env, SMPP_TLS: 'true' });
    expect(found?.settings).toEqual({ host: 'smsc.example', port: 3550, tls: true, sourceAddress: 'Onward' });
    expect(smpp.fromEnvironment({ ...env, SMPP_PORT: '2776' })?.settings).toMatchObject({ port: 2776, tls: false });
    expect(validator(smpp.settings, 'the settings of smpp')(found?.settings)).toMatchObject({ ok: true });
    expect(validator(smpp.credentials, 'the credentials of smpp')(found?.credentials)).toMatchObject({ ok: true });
    expect(smpp.fromEnvironment({ SMPP_HOST: 'x' })).toBeNull();
  });
});
