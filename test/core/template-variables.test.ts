import { contentVariables, fillText, textVariables } from '../../core/template-variables';

function names(text: string): string[] {
  const result = textVariables(text);
  if (!result.ok) throw new Error(result.message);
  return result.variables.map(({ name, section }) => (section === null ? name : `${section}/${name}`));
}

describe('the variables of a template', () => {
  test.each([
    ['a plain text', 'Hello', []],
    ['each name once, in order', '{{b}} {{a}} {{b}}', ['b', 'a']],
    ['the first part of a dotted name', '{{user.name}}', ['user']],
    ['unescaped ones too', '{{{html}}} {{&raw}}', ['html', 'raw']],
    ['a section and what stands in it', '{{#items}}{{title}}{{.}}{{/items}}', ['items', 'items/title']],
    ['an inverted section is no item', '{{^items}}{{none}}{{/items}}', ['items', 'none']],
    ['no comments', '{{! not me }}{{me}}', ['me']],
    ['other delimiters', '{{=<% %>=}}<% me %> {{you}}', ['me']],
  ])('are, of %s, found', (_title, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  test.each(['{{', '{{#open}}', '{{/closed}}', '{{> partial}}', '{{=x'])(
    'cannot be read from %s, which is said',
    (text) => {
      expect(textVariables(text)).toEqual({ ok: false, message: expect.any(String) });
    },
  );

  test('are those of every text of a content', () => {
    const result = contentVariables({ subject: '{{s}}', title: '{{t}}', text: '{{x}}', html: '<b>{{h}}</b>' });
    expect(result).toMatchObject({ ok: true, variables: ['x', 's', 't', 'h'].map((name) => ({ name })) });
  });

  test('are filled in as they are', () => {
    expect(fillText('{{a}} & {{b}}', { a: '<1>', b: '"2"' })).toBe('<1> & "2"');
  });
});
