import { checkVariablesSchema, compileVariables } from '../../schemas/variables-schema';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const refusals = (schema: unknown) => checkVariablesSchema(schema).map(({ pointer }) => pointer);

describe('a schema for variables', () => {
  it('of the usual kind is taken, and judges variables with pointers from the body', () => {
    const schema = object(
      {
        code: { type: 'string', maxLength: 8, pattern: '^[0-9]+$' },
        items: { type: 'array', items: { $ref: '#/$defs/item' } },
        when: { type: 'string', format: 'date-time' },
      },
      { required: ['code'], additionalProperties: false, $defs: { item: object({ name: { type: 'string' } }) } },
    );
    expect(checkVariablesSchema(schema)).toEqual([]);
    const judge = compileVariables(schema);
    expect(judge({ code: '123', items: [{ name: 'x' }] })).toEqual([]);
    expect(
      judge({ code: 'abc', items: [{ name: 1 }], cod: 1 })
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/variables/cod', '/variables/code', '/variables/items/0/name']);
    expect(judge({})).toEqual([{ pointer: '/variables/code', message: '“code” is missing.' }]);
  });

  it.each([
    ['no object', [], ''],
    ['another type', { type: 'array' }, '/type'],
    ['another dialect', { ...object({}), $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema'],
    ['a remote $ref', object({ a: { $ref: 'https://example.org/a.json' } }), '/properties/a/$ref'],
    ['a relative $ref', object({ a: { $ref: 'a.json' } }), '/properties/a/$ref'],
    ['a $ref with escapes', object({ a: { $ref: '#/%24defs/a' } }), '/properties/a/$ref'],
    ['a $ref that leads nowhere', object({ a: { $ref: '#/$defs/none' } }), '/properties/a/$ref'],
    ['a $ref into what is no schema', object({ a: { $ref: '#/properties' } }), '/properties/a/$ref'],
    [
      'a $ref into a value',
      object({ a: { $ref: '#/default/x' } }, { default: { x: { type: 'bad' } } }),
      '/properties/a/$ref',
    ],
    ['a $ref to itself', object({ a: { $ref: '#/properties/a' } }), '/properties/a/$ref'],
    ['a schema without end', object({ a: { $ref: '#' } }), '/properties/a/$ref'],
    ['$id', { ...object({}), $id: 'https://example.org/' }, '/$id'],
    ['$dynamicRef', object({ a: { $dynamicRef: '#meta' } }), '/properties/a/$dynamicRef'],
    ['$anchor', object({ a: { $anchor: 'x' } }), '/properties/a/$anchor'],
    ['a misspelt keyword', object({ a: { maxLenght: 3 } }), '/properties/a/maxLenght'],
    ['a keyword of a wrong type', object({ a: { maxLength: 'x' } }), '/properties/a/maxLength'],
    ['an unknown type', object({ a: { type: 'text' } }), '/properties/a/type'],
    ['a format that is not checked', object({ a: { format: 'idn-email' } }), '/properties/a/format'],
    ['a lookahead', object({ a: { pattern: '^(?=a)' } }), '/properties/a/pattern'],
    ['a lookbehind', object({ a: { pattern: '(?<!a)b' } }), '/properties/a/pattern'],
    ['a backreference', object({ a: { pattern: '(a)\\1' } }), '/properties/a/pattern'],
    ['a broken pattern', object({ a: { pattern: '(' } }), '/properties/a/pattern'],
    ['a pattern that repeats too much', object({ a: { pattern: '((a{30}){30}){30}' } }), '/properties/a/pattern'],
    ['a bad pattern of names', object({}, { patternProperties: { '(?=a)': {} } }), '/patternProperties/(?=a)'],
    ['unique items of any kind', object({ a: { type: 'array', uniqueItems: true } }), '/properties/a/uniqueItems'],
    ['17 KB', object({ a: { description: 'x'.repeat(17_000) } }), ''],
    ['201 properties', object(Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`p${n}`, {}]))), ''],
  ])('with %s is refused', (_name, schema, pointer) => {
    expect(refusals(schema)).toContain(pointer);
  });

  it('that nests 17 levels is refused', () => {
    let schema: object = {};
    for (let n = 0; n < 17; n++) schema = { not: schema };
    expect(refusals(object({ a: schema }))).toEqual(['']);
  });

  it('that doubles with every reference is refused before it is compiled', () => {
    const $defs: Record<string, object> = { d0: { type: 'string' } };
    for (let n = 1; n <= 40; n++)
      $defs[`d${n}`] = { allOf: [{ $ref: `#/$defs/d${n - 1}` }, { $ref: `#/$defs/d${n - 1}` }] };
    expect(refusals(object({ a: { $ref: '#/$defs/d40' } }, { $defs }))).toEqual(['']);
  });
});

it('each of several patterns is its own', () => {
  const judge = compileVariables(
    object({ a: { type: 'string', pattern: '^a$' }, b: { type: 'string', pattern: '^b$' } }),
  );
  expect(judge({ a: 'a', b: 'b' })).toEqual([]);
  expect(judge({ a: 'b', b: 'a' }).map(({ pointer }) => pointer)).toEqual(['/variables/a', '/variables/b']);
});

describe('judging by a hostile schema takes no time to speak of', () => {
  const quickly = (work: () => void) => {
    const start = performance.now();
    work();
    expect(performance.now() - start).toBeLessThan(1000);
  };

  it.each(['^(a+)+$', '^(a|aa)+$', '(.*a){20}', '^(([a-z])+.)+[A-Z]([a-z])+$'])('the pattern %s', (pattern) => {
    const schema = object({ a: { type: 'string', pattern } });
    expect(checkVariablesSchema(schema)).toEqual([]);
    const judge = compileVariables(schema);
    quickly(() => judge({ a: `${'a'.repeat(60_000)}!` }));
  });

  it('uniqueItems over as many items as variables can have', () => {
    const unique = { type: 'array', uniqueItems: true, items: { type: 'integer' } };
    const schema = object({ a: { allOf: Array(9).fill(unique) } });
    expect(checkVariablesSchema(schema)).toEqual([]);
    const judge = compileVariables(schema);
    quickly(() => judge({ a: Array.from({ length: 990 }, (_, n) => n) }));
  });

  it('a format over a long text', () => {
    const judge = compileVariables(
      object({ a: { format: 'email' }, b: { format: 'uri' }, c: { format: 'date-time' } }),
    );
    const long = 'a.'.repeat(20_000);
    quickly(() => judge({ a: `${long}@`, b: `http://${long}`, c: long }));
  });
});

describe('variables', () => {
  it('without a schema are bounded all the same', () => {
    const judge = compileVariables(undefined);
    expect(judge({ a: { b: [1, 'x'] } })).toEqual([]);
    expect(judge({ a: Array(1001).fill(0) })).toHaveLength(1);
    expect(judge({ a: 'x'.repeat(65_537) })).toHaveLength(1);
    let deep: object = {};
    for (let n = 0; n < 17; n++) deep = { deep };
    expect(judge(deep)).toHaveLength(1);
  });
});
