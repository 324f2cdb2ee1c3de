import { createReferences } from '../../receipts/reference';

const references = createReferences('a secret of this Onward');
const ref = { invocationId: 'inv_01M7Y0STF27MPA83B5DK0S31YH', step: 2, attempt: 1 };

test('a reference that was signed names its attempt', () => {
  expect(references.verify(references.sign(ref))).toEqual(ref);
});

test('a reference with any one character changed is not taken', () => {
  const signed = references.sign(ref);
  for (let at = 0; at < signed.length; at++) {
    const other = signed[at] === 'A' ? 'B' : 'A';
    const forged = signed.slice(0, at) + other + signed.slice(at + 1);
    expect(references.verify(forged)).toBeNull();
  }
});

test('a reference signed with another secret is not taken', () => {
  expect(references.verify(createReferences('another secret').sign(ref))).toBeNull();
});

test.each(['', 'inv_1', 'x'.repeat(5000), `${'.'.repeat(200)}`])(
  '%#: text that is no reference is not taken',
  (text) => {
    expect(references.verify(text)).toBeNull();
  },
);
