import { type Catalogue, inEnglish, type Values } from '../../core/sentence';

const CATALOGUE: Catalogue = {
  plain: '{{provider}} does not carry {{channel}}.',
  raw: '{{seconds}} s',
  grouped: '{{seconds, number}} s',
  path: '{{field, path}} is gone',
  runs_one: '{{count, number}} run',
  runs_other: '{{count, number}} runs',
  time: '{{forSeconds, duration}}',
  share: '{{ofShare, percent}}',
  change: 'cost {{change, signed}}',
  nested: 'of {{runs}}: {{parts}}.',
};

describe('a sentence in English', () => {
  it.each<[key: string, values: Values, sentence: string]>([
    ['plain', { provider: 'line', channel: 'sms' }, 'line does not carry sms.'],
    [
      'plain',
      { provider: ['line', 'twilio'], channel: '{{provider}} $&' },
      'line, twilio does not carry {{provider}} $&.',
    ],
    ['raw', { seconds: 36_001 }, '36001 s'],
    ['grouped', { seconds: 36_001 }, '36,001 s'],
    ['path', { field: ['budget', 'currency'] }, 'budget.currency is gone'],
    ['runs', { count: 1 }, '1 run'],
    ['runs', { count: 0 }, '0 runs'],
    ['runs', { count: 4812 }, '4,812 runs'],
    ['time', { forSeconds: 1.26 }, '1.3 s'],
    ['time', { forSeconds: 90 }, '90 s'],
    ['time', { forSeconds: 120 }, '2 min'],
    ['time', { forSeconds: 7200 }, '2 h'],
    ['share', { ofShare: 0.0312 }, '3.1 %'],
    ['share', { ofShare: 0.312 }, '31 %'],
    ['change', { change: -0.54 }, 'cost -54 %'],
    ['change', { change: 0.015 }, 'cost +1.5 %'],
    [
      'nested',
      {
        runs: { key: 'runs', values: { count: 2 } },
        parts: [
          { key: 'raw', values: { seconds: 1 } },
          { key: 'time', values: { forSeconds: 60 } },
        ],
      },
      'of 2 runs: 1 s, 60 s.',
    ],
  ])('%s with %j', (key, values, sentence) => {
    expect(inEnglish(CATALOGUE, { key, values })).toBe(sentence);
  });

  it('that is not there is a bug', () => {
    expect(() => inEnglish(CATALOGUE, { key: 'none', values: {} })).toThrow('there is no sentence none');
  });

  it('that lacks a value says so, as a draft may lack what it should have', () => {
    expect(inEnglish(CATALOGUE, { key: 'plain', values: { provider: 'line' } })).toBe('line does not carry undefined.');
    expect(inEnglish({ odd: '{{toString}}' }, { key: 'odd', values: {} })).toBe('undefined');
  });
});
