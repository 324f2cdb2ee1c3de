import { twilio } from '../../providers/twilio/twilio';
import { validator } from '../../schemas/validate';

describe('an account of Twilio', () => {
  const judgeSettings = validator<unknown>(twilio.settings, 'settings');
  const judgeCredentials = validator<unknown>(twilio.credentials, 'credentials');
  const sid = `AC${'0'.repeat(32)}`;

  test('is what the environment says', () => {
    expect(twilio.fromEnvironment({})).toBeNull();
    expect(twilio.fromEnvironment({ TWILIO_ACCOUNT_SID: sid })).toBeNull();
    const account = twilio.fromEnvironment({
      TWILIO_ACCOUNT_SID: sid,
      TWILIO_AUTH_TOKEN: 't0ken',
      TWILIO_FROM: '+15005550006',
      TWILIO_WHATSAPP_FROM: 'whatsapp:+14155238886',
      TWILIO_RCS_FROM: 'rcs:agent',
      TWILIO_MESSAGING_SERVICE_SID: `MG${'0'.repeat(32)}`,
      TWILIO_API_URL: 'http://127.0.0.1:1',
      TWILIO_CONTENT_URL: 'http://127.0.0.1:2',
    });
    expect(account).toEqual({
      settings: {
        from: '+15005550006',
        whatsappFrom: 'whatsapp:+14155238886',
        rcsFrom: 'rcs:agent',
        messagingServiceSid: `MG${'0'.repeat(32)}`,
        apiUrl: 'http://127.0.0.1:1',
        contentUrl: 'http://127.0.0.1:2',
      },
      credentials: { accountSid: sid, authToken: 't0ken' },
    });
    expect(judgeSettings(account?.settings)).toMatchObject({ ok: true });
    expect(judgeCredentials(account?.credentials)).toMatchObject({ ok: true });
  });

  test.each(['+393351234567', '12345', 'Onward', 'My Shop 24'])('“%s” may be a sender', (from) => {
    expect(judgeSettings({ from })).toMatchObject({ ok: true });
  });

  test.each([
    { from: '' },
    { from: '0039335' + '1234567' },
    { from: 'TwelveLetters' },
    { messagingServiceSid: 'AC1' },
    { whatsappFrom: 'Onward' },
    { apiUrl: 'ftp://x' },
    { colour: 'red' },
  ])('%j is refused', (settings) => {
    expect(judgeSettings(settings)).toMatchObject({ ok: false });
  });

  test('a key has its secret', () => {
    const key = { accountSid: sid, authToken: 't', apiKeySid: `SK${'0'.repeat(32)}` };
    expect(judgeCredentials(key)).toMatchObject({ ok: false });
    expect(judgeCredentials({ ...key, apiKeySecret: 's' })).toMatchObject({ ok: true });
    expect(judgeCredentials({ accountSid: sid })).toMatchObject({ ok: false });
  });
});
