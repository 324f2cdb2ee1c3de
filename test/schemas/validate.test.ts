import { flowCreateSchema } from '../../schemas/flow';
import { isTooDeep } from '../../schemas/forbidden-keys';
import { validator } from '../../schemas/validate';

const judge = (schema: object, value: unknown) => {
  const result = validator(schema, 'a test')(value);
  return result.ok ? [] : result.errors.map(({ pointer, message }) => `${pointer} ${message}`);
};
const properties = (schema: object) => ({ type: 'object', additionalProperties: false, properties: schema });

describe('a sentence', () => {
  it.each([
    [{ a: { type: 'integer', minimum: 1 } }, { a: 0 }, '/a “a” must be at least 1.'],
    [{ a: { type: 'integer' } }, { a: '1' }, '/a “a” must be an integer.'],
    [{ a: { type: ['string', 'null'] } }, { a: 1 }, '/a “a” must be a string or null.'],
    [
      { a: { type: 'string', enum: ['email', 'sms'] } },
      { a: 'e-mail' },
      '/a “a” must be one of: email, sms. Did you mean “email”?',
    ],
    [{ for: {} }, { foo: 1 }, '/foo There is no field “foo” here; did you mean “for”?'],
    [{ name: {} }, { zzz: 1 }, '/zzz There is no field “zzz” here; there are: name.'],
    [{ a: { type: 'array', maxItems: 1 } }, { a: [1, 2] }, '/a “a” must have at most 1 item.'],
    [{ a: { type: 'array', items: { type: 'string' } } }, { a: ['x', 2] }, '/a/1 Item 1 of “a” must be a string.'],
    [
      { a: { type: 'string', pattern: '^x$', description: 'An x.' } },
      { a: 'y' },
      '/a “a” does not have the right form. An x.',
    ],
    [
      {
        a: { type: 'string', pattern: '^(ship|rail)(:.+)?$', description: 'One of them.', examples: ['ship', 'rail'] },
      },
      { a: 'shipp:pac_eu' },
      '/a “a” does not have the right form. Did you mean “ship”? One of them.',
    ],
    [{ 'a/b~c': { type: 'string' } }, { 'a/b~c': 1 }, '/a~1b~0c “a/b~c” must be a string.'],
  ])('%j with %j says: %s', (schema, value, expected) => {
    expect(judge(properties(schema), value)).toEqual([expected]);
  });

  it('stands where a property is missing, at the property', () => {
    expect(judge({ type: 'object', required: ['a'], properties: { a: {} } }, {})).toEqual(['/a “a” is missing.']);
  });

  it('is one for a name that cannot be, with what was meant', () => {
    const schema = { type: 'object', propertyNames: { type: 'string', enum: ['unreachable'] } };
    expect(judge(schema, { unreachabel: 1 })).toEqual([
      '/unreachabel “unreachabel” cannot stand here; did you mean “unreachable”?',
    ]);
  });
});

it('a step of a wrong form is told its own errors and not those of the other kind of step', () => {
  const flow = { name: 'x', purpose: 'otp', steps: [{ name: 'p', parallel: [], timeoutSeconds: 5 }] };
  expect(judge(flowCreateSchema, flow)).toEqual(['/steps/0/parallel “parallel” must have at least 1 item.']);
});

it('of a thousand errors twenty are told', () => {
  const items = Array.from({ length: 1000 }, () => 1);
  expect(judge({ type: 'array', items: { type: 'string' } }, items)).toHaveLength(20);
});

it('nothing is coerced', () => {
  expect(judge(properties({ a: { type: 'boolean' } }), { a: 'true' })).toHaveLength(1);
});

it('depth is counted outside of strings', () => {
  expect(isTooDeep('[[["]]]]\\"[[[["]]]', 3)).toBe(false);
  expect(isTooDeep('[[[[1]]]]', 3)).toBe(true);
  expect(isTooDeep('[[1],[2],{"a":[3]}]', 3)).toBe(false);
});
