import { createHash } from 'node:crypto';
import type { WebhookRequest } from '../../providers/contract';
import { deliver, serve } from '../stand-ins/stand-in';
import { signature } from '../stand-ins/twilio';
import { useTwilio } from './twilio-in-use';

describe('Twilio’s signatures', () => {
  const at = useTwilio();
  // From Twilio's page on the security of webhooks and from the tests of its SDKs.
  const URL_OF_THE_PAGE = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const form = (caller: string) =>
    `CallSid=CA1234567890ABCDE&Caller=${caller}&Digits=1234&From=${caller}&To=%2B18005551212`;
  const page = form('%2B12349013030');
  const sdks = form('%2B14158675309');
  const json = '{"property": "value", "boolean": true}';
  const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
  const verdict = (url: string, body: string | Buffer, given: string | undefined, method: 'GET' | 'POST' = 'POST') =>
    at.opened({}, { authToken: '12345' }).verify?.({
      method,
      url,
      query: new URL(url).searchParams,
      headers: { 'x-twilio-signature': given },
      body: Buffer.from(body),
    });

  test.each([
    ['the documentation’s own example', URL_OF_THE_PAGE, page, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='],
    ['the SDKs’ example', URL_OF_THE_PAGE, sdks, 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    [
      'several values of one name',
      URL_OF_THE_PAGE,
      'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234',
      'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
    ],
    ['upper case in the host', 'https://MyCompany.com/myapp.php?foo=1&bar=2', sdks, 'g9IN/x4Cft2g517EjYvEvM/W7LU='],
    [
      'a port that was not signed',
      'https://mycompany.com:1234/myapp.php?foo=1&bar=2',
      sdks,
      'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    ],
    ['port 443, signed and not in the address', URL_OF_THE_PAGE, sdks, 'kvajT1Ptam85bY51eRf/AJRuM3w='],
    [
      'port 80, signed and not in the address',
      URL_OF_THE_PAGE.replace('https', 'http'),
      sdks,
      '0ZXoZLH/DfblKGATFgpif+LLRf4=',
    ],
    ['a port over http', 'http://mycompany.com:1234/myapp.php?foo=1&bar=2', sdks, 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
    ['JSON, beside other parameters', `${URL_OF_THE_PAGE}&bodySHA256=${hash}`, json, 'a9nBmqA0ju/hNViExpshrM61xv4='],
    [
      'JSON, by its hash alone',
      `https://mycompany.com/myapp.php?bodySHA256=${hash}`,
      json,
      'y77kIzt2vzLz71DgmJGsen2scGs=',
    ],
  ])('%s is genuine', (_name, url, body, given) => {
    expect(verdict(url, body, given)).toBe('genuine');
    expect(verdict(url, `${body} `, given)).toBe('forged');
    expect(verdict(`${url}&more=1`, body, given)).toBe('forged');
    expect(verdict(url, body, `${given.slice(0, -2)}x=`)).toBe('forged');
    expect(verdict(url, body, undefined)).toBe('unsigned');
  });

  test.each([
    ['as long as it may be', 65_536],
    ['longer', 4 * 1024 * 1024],
  ])('a forged form of names alone, %s, is refused within the second', (_name, bytes) => {
    const names = Array.from({ length: bytes / 8 }, (_, n) => `n${String(n).padStart(6, '0')}`);
    const body = names.join('&');
    const before = performance.now();
    expect(verdict(URL_OF_THE_PAGE, body, 'RSOYDt4T1cUTdK1PDd93/VVr8B8=')).toBe('forged');
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test('the stand-in signs as the documentation’s example is signed', () => {
    const parameters = Object.fromEntries(new URLSearchParams(page));
    expect(signature('12345', URL_OF_THE_PAGE, parameters)).toBe('0/KCTR6DLpKmkAf8muzZqo1nDgQ=');
  });

  test('a GET is signed by its address alone', () => {
    expect(verdict(URL_OF_THE_PAGE, '', signature('12345', URL_OF_THE_PAGE, {}), 'GET')).toBe('genuine');
    expect(verdict(`${URL_OF_THE_PAGE}1`, '', signature('12345', URL_OF_THE_PAGE, {}), 'GET')).toBe('forged');
  });

  test('bytes that are no text do not stand for the text that replaces them', () => {
    const said = Buffer.from('{"a":"\ufffd"}', 'utf8');
    const url = `https://mycompany.com/?bodySHA256=${createHash('sha256').update(said).digest('hex')}`;
    const given = signature('12345', url, {});
    expect(verdict(url, said, given)).toBe('genuine');
    expect(verdict(url, Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]), given)).toBe('forged');
  });

  test('an address that is none is forged, and not an error', () => {
    const request: WebhookRequest = {
      method: 'POST',
      url: 'no address',
      query: new URLSearchParams(),
      headers: { 'x-twilio-signature': 'x' },
      body: Buffer.from('a=1'),
    };
    expect(at.adapter.verify?.(request)).toBe('forged');
  });
});

describe('Twilio’s webhooks', () => {
  const at = useTwilio();
  const normalised = (body: string, query = 'ref=a-reference') =>
    at.adapter.normalise?.({
      method: 'POST',
      url: `http://onward.test/?${query}`,
      query: new URLSearchParams(query),
      headers: {},
      body: Buffer.from(body),
    });

  test('a receipt keeps what support needs, and neither addresses nor texts nor a made-up time', () => {
    const body =
      'MessageSid=SM1&SmsSid=SM1&MessageStatus=undelivered&ErrorCode=30005&AccountSid=AC1&ApiVersion=2010-04-01&To=%2B393351234567&From=%2B15005550006&Body=secret&ChannelStatusMessage=for+393351234567&RawDlrDoneDate=2611261210&ToCity=Rome';
    expect(normalised(body)).toEqual([
      {
        ref: 'a-reference',
        provider: 'twilio',
        providerMessageId: 'SM1',
        status: 'undelivered',
        reason: 'invalid_address',
        code: '30005',
        raw: {
          MessageSid: 'SM1',
          MessageStatus: 'undelivered',
          ErrorCode: '30005',
          AccountSid: 'AC1',
          ApiVersion: '2010-04-01',
          RawDlrDoneDate: '2611261210',
        },
      },
    ]);
  });

  test('without a reference the SID names the message', () => {
    expect(normalised('MessageSid=SM1&MessageStatus=sent', '')?.[0]).not.toHaveProperty('ref');
  });

  test('a failure without a code is unknown; a code that no table has is kept and counted', () => {
    expect(normalised('MessageSid=SM1&MessageStatus=failed')).toMatchObject([{ reason: 'unknown', code: null }]);
    expect(at.unknownCodes).toEqual([]);
    const newer = normalised('MessageSid=SM1&MessageStatus=failed&ErrorCode=99987');
    expect(newer).toMatchObject([{ reason: 'unknown', code: '99987' }]);
    expect(at.unknownCodes).toEqual(['99987']);
  });

  test('a status that no table has is no receipt, and is counted', () => {
    expect(normalised('MessageSid=SM1&MessageStatus=teleported')).toEqual([]);
    expect(at.unknownCodes).toEqual(['teleported']);
  });

  test.each(['', 'MessageSid=SM1', 'MessageStatus=sent', '{"MessageSid":"SM1"}'])(
    '“%s” is no status callback',
    (body) => {
      expect(() => normalised(body)).toThrow(TypeError);
    },
  );

  test('the signature holds for what comes over the wire', async () => {
    const { message } = await at.sent();
    const webhook = at.standIn.webhook(message, { status: 'delivered' });
    const told: Buffer[] = [];

    const receiver = await serve(async ({ body }) => {
      told.push(body);
      return { status: 202 };
    });
    const url = `${receiver.url}/v1/receipts/twilio?ref=a-reference`;
    const parameters = Object.fromEntries(new URLSearchParams(webhook.body.toString()));
    const given = signature(at.standIn.account.credentials.authToken ?? '', url, parameters);
    expect(await deliver({ ...webhook, url, headers: { ...webhook.headers, 'x-twilio-signature': given } })).toBe(202);
    await receiver.close();
    const query = new URL(url).searchParams;
    const headers = { 'x-twilio-signature': given };
    const request: WebhookRequest = { method: 'POST', url, query, headers, body: told[0] ?? Buffer.alloc(0) };
    expect(at.adapter.verify?.(request)).toBe('genuine');
    expect(at.adapter.normalise?.(request)).toMatchObject([{ ref: 'a-reference', status: 'delivered' }]);
  });
});
