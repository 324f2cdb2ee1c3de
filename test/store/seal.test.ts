import { createSeal } from '../../store/seal';

const seal = createSeal('a secret');

test('what was sealed opens again, whatever it holds', () => {
  for (const text of ['', 'a', '{"phone":"+393351234567"}', 'è日本🙂', 'x'.repeat(100_000)]) {
    expect(seal.open(seal.seal(text))).toBe(text);
  }
});

test('a flipped bit anywhere makes it fail to open', () => {
  const sealed = seal.seal('+393351234567');
  for (let at = 0; at < sealed.length; at++) {
    const altered = Buffer.from(sealed);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(() => seal.open(altered)).toThrow();
  }
});

test('cut short, it fails to open', () => {
  const sealed = seal.seal('+393351234567');
  for (let length = 0; length < sealed.length; length++) {
    expect(() => seal.open(sealed.subarray(0, length))).toThrow();
  }
});

test('another secret does not open it, another seal of the same secret does', () => {
  const sealed = seal.seal('text');
  expect(() => createSeal('another secret').open(sealed)).toThrow();
  expect(createSeal(Buffer.from('a secret')).open(sealed)).toBe('text');
});

test('what many processes have sealed opens, more than keys are held', () => {
  const sealed = Array.from({ length: 100 }, (_, n) => createSeal('a secret').seal(`text ${n}`));
  expect(sealed.map((bytes) => seal.open(bytes))).toEqual(sealed.map((_, n) => `text ${n}`));
});

test('the same text is never sealed alike, and shows nowhere', () => {
  const sealed = Array.from({ length: 600 }, () => seal.seal('+393351234567').toString('latin1'));
  expect(new Set(sealed).size).toBe(600);
  expect(sealed.filter((text) => text.includes('3351234567'))).toEqual([]);
});

test('an address has one hash, however it is written', () => {
  expect(seal.hash('+39 (335) 123-45.67')).toBe(seal.hash('+393351234567'));
  expect(seal.hash(' Ann@Example.COM ')).toBe(seal.hash('ann@example.com'));
  expect(seal.hash('+393351234568')).not.toBe(seal.hash('+393351234567'));
});

test('the case of an ID counts', () => {
  expect(seal.hash('User-1')).not.toBe(seal.hash('user-1'));
});

test('a hash tells nothing without the secret', () => {
  expect(createSeal('another secret').hash('+393351234567')).not.toBe(seal.hash('+393351234567'));
  expect(seal.hash('+393351234567')).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

test('a receipt on its way is sealed once, and opens as any other', () => {
  const seal = createSeal('a secret');
  const once = seal.sealReceipt('{"raw":1}');
  expect(seal.sealReceipt('{"raw":1}')).toBe(once);
  expect(seal.sealReceipt('{"raw":2}').equals(once)).toBe(false);
  expect(createSeal('a secret').open(once)).toBe('{"raw":1}');
  const long = 'x'.repeat(10_000);
  expect(seal.open(seal.sealReceipt(long))).toBe(long);
});
