import { draftRenderer, render } from '../../activities/render';
import { FilledTooLong } from '../../core/bounded-fill';
import { contentVariables, fillDraft } from '../../core/template-variables';
import type { TemplateContent } from '../../schemas/template';

const fill = (content: TemplateContent, variables: Record<string, unknown>) =>
  render({ content }, variables, undefined);

/** Every part of a content that JSON of a provider's own can stand in. */
const DEEP: TemplateContent = {
  whatsapp: {
    name: 'otp',
    language: 'it',
    components: [
      { type: 'body', parameters: [{ type: 'text', text: '{{wa}}' }] },
      { type: 'button', sub_type: 'url', index: 0, parameters: [{ type: 'text', text: 'x{{wa2}}' }] },
    ],
  },
  twilio: { contentSid: `HX${'0'.repeat(32)}`, variables: { '1': '{{tw}}' } },
  push: { link: 'https://example.com/{{pu}}', data: { order: '{{pu2}}' } },
  rcs: { card: { title: '{{rc}}', suggestions: [{ type: 'reply', text: '{{rc2}}' }] } },
  line: { messages: [{ type: 'flex', contents: { body: { contents: [[{ text: '{{li}}' }]] } } }] },
  kakao: { pfId: 'p', templateId: 't', variables: { '#{code}': '{{ka}}' } },
};
const NAMES = ['wa', 'wa2', 'tw', 'pu', 'pu2', 'rc', 'rc2', 'li', 'ka'];

describe('a content', () => {
  it('is filled in every text: plain ones as they are, HTML escaped', () => {
    const content = { text: 'Hi {{n}}', subject: '{{n}}!', title: '{{n}}?', html: '<b>{{n}}</b>' };
    expect(fill(content, { n: '<Ann & "Bo">' })).toEqual({
      text: 'Hi <Ann & "Bo">',
      subject: '<Ann & "Bo">!',
      title: '<Ann & "Bo">?',
      html: '<b>&lt;Ann &amp; &quot;Bo&quot;&gt;</b>',
    });
  });

  it('is filled deep in the JSON of every provider, which keeps its shape', () => {
    const variables = Object.fromEntries(NAMES.map((name) => [name, `<${name}>"}`]));
    const filled = fill(DEEP, variables);
    let expected = JSON.stringify(DEEP);
    for (const name of NAMES) expected = expected.replace(`{{${name}}}`, JSON.stringify(`<${name}>"}`).slice(1, -1));
    expect(filled).toEqual(JSON.parse(expected));
  });

  it('names every variable that it fills, so that lint misses none', () => {
    const result = contentVariables(DEEP);
    expect(result).toMatchObject({ ok: true, variables: NAMES.map((name) => ({ name })) });
  });

  it('keeps its keys, whatever stands in them', () => {
    const content = { kakao: { pfId: 'p', templateId: 't', variables: { '{{k}}': '{{k}}' } } };
    expect(fill(content, { k: 'v' }).kakao?.variables).toEqual({ '{{k}}': 'v' });
  });

  it('keeps numbers, booleans and null of that JSON as they are', () => {
    const content = { line: { messages: [{ n: 1.5, b: true, z: null }] } };
    expect(fill(content, {})).toEqual(content);
  });

  it('is itself not changed', () => {
    const before = structuredClone(DEEP);
    fill(DEEP, { wa: 'x' });
    expect(DEEP).toEqual(before);
  });

  it('keeps every character of a text: quotes, spaces and line ends are nobody’s to mend', () => {
    const text = '“Ciao”  – 50 € …\r\n\u00a0ｆｕｌｌ {{n}}';
    expect(fill({ text }, { n: '‘x’' }).text).toBe(text.replace('{{n}}', '‘x’'));
  });

  it('shows nothing where a variable is missing', () => {
    expect(fill({ text: 'Code {{code}}.' }, {}).text).toBe('Code .');
  });
});

describe('whatever the variables hold, a text', () => {
  const both = (text: string, variables: Record<string, unknown>) => {
    const who = { locale: undefined, address: '' };
    const drawn = draftRenderer.render({ channel: 'email', content: { text } }, variables, who).content.text;
    expect(fill({ text }, variables).text).toBe(drawn);
    return drawn;
  };

  it('has lists, names within names, and what is not there, as Mustache has them', () => {
    const variables = { items: [{ n: 1 }, { n: 2 }], of: { shop: 'S' }, none: [], yes: true, zero: 0 };
    const text =
      '{{#items}}{{n}}-{{of.shop}},{{/items}}{{^none}}empty{{/none}}{{#yes}}!{{/yes}}{{zero}}{{items.length}}';
    expect(both(text, variables)).toBe('1-S,2-S,empty!02');
    expect(both('{{#list}}{{.}};{{/list}}{{{raw}}}{{&raw}}', { list: ['a', 'b'], raw: '<' })).toBe('a;b;<<');
  });

  it.each(['constructor', 'toString', 'constructor.assign', '__proto__', 'x.toString.call', 'x.constructor'])(
    'does not find {{%s}}, which every object has',
    (name) => expect(both(`a{{${name}}}{{#${name}}}b{{/${name}}}c`, { x: 'y' })).toBe('ac'),
  );

  it('is filled beside a null in a list, an object that is no text, and a name that objects have themselves', () => {
    expect(both('{{#items}}({{n}}){{/items}}', { items: [null, { n: 1 }] })).toBe('()(1)');
    expect(both('{{o}}{{{o}}}', { o: { toString: 1, valueOf: 1 } })).toBe('[object Object][object Object]');
    expect(both('{{hasOwnProperty}}{{n}}', { hasOwnProperty: 'x', n: 'y' })).toBe('xy');
  });

  it.each([
    ['sections within sections', `${'{{#a}}'.repeat(12)}x${'{{/a}}'.repeat(12)}`, { a: Array(50).fill(1) }],
    ['empty sections within sections', `${'{{#a}}'.repeat(12)}${'{{/a}}'.repeat(12)}`, { a: Array(50).fill(1) }],
    ['a long text for each item', `{{#a}}${'x'.repeat(16_000)}{{/a}}`, { a: Array(100_000).fill(1) }],
    ['a long value again and again', '{{a}}'.repeat(3_000), { a: 'x'.repeat(200_000) }],
    ['the same, not escaped', '{{{a}}}'.repeat(2_000), { a: 'x'.repeat(200_000) }],
  ])('is given up where it would grow without end: %s', (_name, text, variables) => {
    const before = performance.now();
    expect(() => fill({ text }, variables)).toThrow(FilledTooLong);
    expect(() => fillDraft({ text }, variables)).toThrow(FilledTooLong);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('the language', () => {
  const locales = Object.fromEntries(
    ['it', 'pt-PT', 'pt_AO', 'zh-Hant', 'zh-Hant-HK', 'en_GB'].map((key) => [key, { text: key }]),
  );
  const chosen = (locale: string | undefined) => render({ content: { text: 'own' }, locales }, {}, locale).text;

  it.each([
    ['it', 'it'],
    ['it-IT', 'it'],
    ['it_IT', 'it'],
    ['IT', 'it'],
    ['pt-PT', 'pt-PT'],
    ['pt_pt', 'pt-PT'],
    ['en-gb', 'en_GB'],
    ['zh-Hant-HK', 'zh-Hant-HK'],
    ['zh_hant_tw', 'zh-Hant'],
  ])('for %s is %s, however it is written', (wanted, expected) => expect(chosen(wanted)).toBe(expected));

  it.each([
    ['pt-BR', 'pt_AO'],
    ['pt', 'pt_AO'],
    ['en', 'en_GB'],
  ])('for %s is that of another region, the first by the alphabet: %s', (wanted, expected) => {
    expect(chosen(wanted)).toBe(expected);
  });

  it.each(['de', 'i', 'ita', 'constructor', undefined])('for %s, which is not there, is the own one', (wanted) => {
    expect(chosen(wanted)).toBe('own');
  });
});

test('a preview shows what a send would send', () => {
  const locales = { it: { ...DEEP, text: 'Ciao {{n}}', html: '<i>{{n}}</i>' } };
  const variables = { n: '<x>', wa: 'y' };
  const who = { locale: 'it-IT', address: '' };
  const drawn = draftRenderer.render({ channel: 'email', content: { text: '' }, locales }, variables, who);
  expect(drawn.content).toEqual(render({ content: { text: '' }, locales }, variables, 'it-IT'));
  expect(drawn).toMatchObject({ locale: 'it', original: locales.it, formed: null });
});
