import { isPhoneCountry, readPhone, settledAddress, settlePhone } from '../../core/phone';

describe('a number with its country code', () => {
  test.each([
    ['+393351234567'],
    ['+39 335 123-4567'],
    ['+39.335.123.4567'],
    ['+39 (335) 1234567'],
    ['+39\u00a0335\u20111234567'],
  ])('is the same number written as “%s”', (text) => {
    expect(readPhone(text)).toEqual({ ok: true, e164: '+393351234567', country: 'IT', kind: 'mobile' });
  });

  test('loses the 0 that is only dialled at home, and keeps the one that belongs to it', () => {
    expect(readPhone('+44 (0)20 7946 0958')).toMatchObject({ e164: '+442079460958', country: 'GB', kind: 'landline' });
    expect(readPhone('+39 02 1234 5678')).toMatchObject({ e164: '+390212345678', country: 'IT', kind: 'landline' });
  });

  test.each([
    ['+12125550123', 'US', 'either'],
    ['+18005551234', 'US', 'other'],
    ['+39899123456', 'IT', 'premium'],
    ['+821012345678', 'KR', 'mobile'],
    ['+880170000001', 'BD', 'unknown'],
    ['+80012345678', null, 'other'],
  ])('%s is of %s, and is %s', (text, country, kind) => {
    expect(readPhone(text)).toMatchObject({ ok: true, country, kind });
  });

  test.each([
    ['+999123456789', 'No country has this country code.'],
    ['+3912', 'The number is too short for its country.'],
    ['+391234567890123', 'The number is too long for its country.'],
  ])('%s is none, and the sentence does not repeat it', (text, message) => {
    expect(readPhone(text)).toEqual({ ok: false, message });
    expect(message).not.toContain(text.slice(1));
  });

  test('is read again alike after thousands of others', () => {
    const first = readPhone('+393351234567');
    for (let n = 0; n < 2_100; n++) readPhone(`+3933${50_000_000 + n}`);
    expect(readPhone('+393351234567')).toEqual(first);
  });
});

describe('in test mode', () => {
  test('whatever has the form of E.164 is taken, also what no telephone has', () => {
    expect(settlePhone('+99900000001', 'test')).toEqual({ ok: true, e164: '+99900000001' });
    expect(settlePhone('+999 0000 0001', 'test')).toEqual({ ok: true, e164: '+99900000001' });
    expect(settlePhone('+99900000001', 'live').ok).toBe(false);
  });
});

describe('an address that is looked for', () => {
  test('is a phone number as it is stored, and anything else as it is', () => {
    expect(settledAddress('+44 (0)20 7946 0958', 'live')).toBe('+442079460958');
    expect(settledAddress('+999', 'live')).toBe('+999');
    expect(settledAddress('Ann@example.com', 'live')).toBe('Ann@example.com');
  });
});

test('a country without telephone numbers is none: UK is a habit, GB is the code', () => {
  expect(isPhoneCountry('GB')).toBe(true);
  expect(isPhoneCountry('UK')).toBe(false);
});
