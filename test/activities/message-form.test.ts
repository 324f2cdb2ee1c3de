import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { type Formed, formText } from '../../activities/message-form';

const ITALY = '+393351234567';
const KOREA = '+821012345678';

/** `as encoding parts`, or why it cannot be sent. */
function told(formed: Formed): string {
  if (!formed.ok) return formed.code;
  const { as, encoding, parts } = formed.form;
  return `${as} ${encoding} ${parts}`;
}

describe('outside Korea a text goes out as an SMS', () => {
  it.each([
    ['160 characters', 'x'.repeat(160), 'sms GSM-7 1'],
    ['161 characters', 'x'.repeat(161), 'sms GSM-7 2'],
    ['306 characters', 'x'.repeat(306), 'sms GSM-7 2'],
    ['307 characters', 'x'.repeat(307), 'sms GSM-7 3'],
    ['an extension character that still fits', `${'x'.repeat(158)}€`, 'sms GSM-7 1'],
    ['an extension character, which takes two places', `${'x'.repeat(159)}€`, 'sms GSM-7 2'],
    ['80 extension characters', '['.repeat(80), 'sms GSM-7 1'],
    ['81 extension characters', '['.repeat(81), 'sms GSM-7 2'],
    ['letters of GSM-7 with accents', 'èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà', 'sms GSM-7 1'],
    ['70 characters of Unicode', `${'x'.repeat(69)}č`, 'sms UCS-2 1'],
    ['71 characters of Unicode', `${'x'.repeat(70)}č`, 'sms UCS-2 2'],
    ['35 emoji, of two units each', '😀'.repeat(35), 'sms UCS-2 1'],
    ['36 emoji', '😀'.repeat(36), 'sms UCS-2 2'],
    ['a typographic apostrophe, which is not made a plain one', '’', 'sms UCS-2 1'],
    ['ten parts of GSM-7', 'x'.repeat(1530), 'sms GSM-7 10'],
    ['more than ten parts of GSM-7', 'x'.repeat(1531), 'too_long'],
    ['ten parts of Unicode', 'č'.repeat(670), 'sms UCS-2 10'],
    ['more than ten parts of Unicode', 'č'.repeat(671), 'too_long'],
    ['ten parts that extension characters make eleven', `€${'x'.repeat(1529)}`, 'too_long'],
    ['nothing', '', 'sms GSM-7 1'],
  ])('%s', (_what, text, expected) => {
    for (const phone of [ITALY, '+8613800138000', '+81312345678', '']) {
      expect(told(formText('sms', text, phone))).toBe(expected);
      expect(told(formText('xms', text, phone))).toBe(expected);
    }
  });

  it('is counted as the library counts, for texts of any characters', () => {
    const character = fc.oneof(
      fc.constantFrom(...'abc 09@£€[]~^|\\{}\n\r\fèΩÇç’č안😀'),
      fc.string({ unit: 'grapheme', maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 200 }), (characters) => {
        const text = characters.join('');
        const formed = formText('sms', text, ITALY);
        const library = new SegmentedMessage(text);
        const parts = Math.max(1, library.segmentsCount);
        const expected = parts > 10 ? 'too_long' : `sms ${library.encodingName} ${parts}`;
        expect(told(formed)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('to Korea', () => {
  it.each([
    ['90 bytes', '가'.repeat(45), 'sms EUC-KR 1', 'lms EUC-KR 1'],
    ['91 bytes', `${'가'.repeat(45)}x`, 'too_long', 'lms EUC-KR 1'],
    ['90 bytes of ASCII', 'x'.repeat(90), 'sms EUC-KR 1', 'lms EUC-KR 1'],
    ['91 bytes of ASCII', 'x'.repeat(91), 'too_long', 'lms EUC-KR 1'],
    ['2,000 bytes', '가'.repeat(1000), 'too_long', 'lms EUC-KR 1'],
    ['2,001 bytes', `${'가'.repeat(1000)}x`, 'too_long', 'too_long'],
    ['2,000 bytes of ASCII', 'x'.repeat(2000), 'too_long', 'lms EUC-KR 1'],
    ['2,001 bytes of ASCII', 'x'.repeat(2001), 'too_long', 'too_long'],
    ['a syllable that only CP949 has', '똠방각하 뷁', 'sms EUC-KR 1', 'lms EUC-KR 1'],
    ['signs of KS X 1001', '※ 50㎏ → ♥ 漢字', 'sms EUC-KR 1', 'lms EUC-KR 1'],
    ['an emoji', '안녕 😀', 'not_encodable', 'not_encodable'],
    ['an accented letter', 'caffè', 'not_encodable', 'not_encodable'],
  ])('%s', (_what, text, asSms, asLms) => {
    expect(told(formText('sms', text, KOREA))).toBe(asSms);
    expect(told(formText('lms', text, KOREA))).toBe(asLms);
    // As an SMS where it fits into one, else as an LMS.
    expect(told(formText('xms', text, KOREA))).toBe(asSms === 'too_long' ? asLms : asSms);
  });

  it('an lms is one wherever the number is', () => {
    expect(told(formText('lms', '안녕', ITALY))).toBe('lms EUC-KR 1');
    expect(told(formText('lms', '😀', ITALY))).toBe('not_encodable');
  });

  it('every syllable of Hangul can be written, and takes two bytes', () => {
    for (let code = 0xac00; code <= 0xd7a3; code++) {
      expect(formText('sms', String.fromCharCode(code), KOREA)).toMatchObject({ ok: true, bytes: 2 });
    }
  });
});

test('the size is told as the encoding counts it', () => {
  const size = (text: string, phone: string) => {
    const formed = formText('sms', text, phone);
    return formed.ok ? [formed.characters, formed.bytes] : null;
  };
  expect(size('1234567€', ITALY)).toEqual([9, 8]);
  expect(size('č😀', ITALY)).toEqual([3, 6]);
  expect(size('ab가', KOREA)).toEqual([3, 4]);
});
