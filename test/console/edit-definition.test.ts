import { readDefinition, textOf } from '../../console/pages/flows/definition-text';
import {
  allSteps,
  type Edit,
  editDefinition,
  pointerAfterMove,
  sameJson,
  TO_CHOOSE,
  tracksOf,
} from '../../console/pages/flows/edit-definition';
import { examplesOf, variablesOf, withoutVariable, withVariable } from '../../console/pages/flows/edit-variables';
import { placeOfFinding } from '../../console/pages/flows/place-findings';
import type { FlowDefinition, SendStep } from '../../schemas/flow';

const step = (name: string, channel: SendStep['channel'] = 'sms'): SendStep => ({
  name,
  channel,
  template: 'tpl_a',
  timeoutSeconds: 30,
});
const FLOW: FlowDefinition = {
  name: 'Ladder',
  purpose: 'alert',
  steps: [
    step('one'),
    { name: 'both', parallel: [[step('left')], [step('right'), step('right 2')]], timeoutSeconds: 60 },
    step('three'),
  ],
};
const names = (definition: FlowDefinition) =>
  allSteps(definition).map(({ pointer, step: { name } }) => `${pointer} ${name}`);
const afterwards = (edit: Edit) => names(editDefinition(FLOW, edit));

describe('a definition that is edited', () => {
  test('is never changed in place', () => {
    const before = structuredClone(FLOW);
    editDefinition(FLOW, { kind: 'moveStep', pointer: '/steps/0', track: '/steps', index: 2 });
    editDefinition(FLOW, { kind: 'put', pointer: '/steps/0/timeoutSeconds', value: 5 });
    editDefinition(FLOW, { kind: 'removeStep', pointer: '/steps/1/parallel/0/0' });
    expect(FLOW).toEqual(before);
  });

  test('has a step that was moved at the place that was asked for', () => {
    expect(afterwards({ kind: 'moveStep', pointer: '/steps/2', track: '/steps', index: 0 })).toEqual([
      '/steps/0 three',
      '/steps/1 one',
      '/steps/2 both',
      '/steps/2/parallel/0/0 left',
      '/steps/2/parallel/1/0 right',
      '/steps/2/parallel/1/1 right 2',
    ]);
  });

  test('has a step moved into a branch, though the branch has another number afterwards', () => {
    const edit = { kind: 'moveStep', pointer: '/steps/0', track: '/steps/1/parallel/1', index: 1 } as const;
    expect(afterwards(edit)).toEqual([
      '/steps/0 both',
      '/steps/0/parallel/0/0 left',
      '/steps/0/parallel/1/0 right',
      '/steps/0/parallel/1/1 one',
      '/steps/0/parallel/1/2 right 2',
      '/steps/1 three',
    ]);
    expect(pointerAfterMove(FLOW, edit)).toBe('/steps/0/parallel/1/1');
  });

  test('loses a branch with its last step, and the step of branches with its last branch', () => {
    const withoutLeft = editDefinition(FLOW, { kind: 'removeStep', pointer: '/steps/1/parallel/0/0' });
    expect(names(withoutLeft)).toContain('/steps/1/parallel/0/0 right');
    const one = editDefinition(withoutLeft, { kind: 'removeStep', pointer: '/steps/1/parallel/0/0' });
    const none = editDefinition(one, { kind: 'removeStep', pointer: '/steps/1/parallel/0/0' });
    expect(names(none)).toEqual(['/steps/0 one', '/steps/1 three']);
  });

  test('takes a step into a branch of its own', () => {
    expect(tracksOf(FLOW, 4)).toEqual(['/steps', '/steps/1/parallel/0', '/steps/1/parallel/1', '/steps/1/parallel/2']);
    expect(afterwards({ kind: 'moveStep', pointer: '/steps/2', track: '/steps/1/parallel/2', index: 0 })).toContain(
      '/steps/1/parallel/2/0 three',
    );
  });

  test('never holds branches in a branch', () => {
    const moved = editDefinition(FLOW, {
      kind: 'moveStep',
      pointer: '/steps/1',
      track: '/steps/1/parallel/0',
      index: 0,
    });
    expect(moved).toEqual(FLOW);
  });

  test('keeps its last step', () => {
    const one: FlowDefinition = { ...FLOW, steps: [step('only')] };
    expect(editDefinition(one, { kind: 'removeStep', pointer: '/steps/0' })).toEqual(one);
  });

  test('gives a new step a name that no other has, and no template yet', () => {
    const first = editDefinition(FLOW, { kind: 'addStep', track: '/steps', channel: 'push' });
    const second = editDefinition(first, { kind: 'addStep', track: '/steps/1/parallel/0', channel: 'push' });
    expect(names(second)).toEqual(expect.arrayContaining(['/steps/3 push', '/steps/1/parallel/0/1 push 2']));
    expect(first.steps[3]).toMatchObject({ channel: 'push', template: TO_CHOOSE });
    const both = editDefinition(FLOW, { kind: 'addParallel', channels: ['sms', 'sms'] });
    expect(names(both).slice(-3)).toEqual([
      '/steps/3 together',
      '/steps/3/parallel/0/0 sms',
      '/steps/3/parallel/1/0 sms 2',
    ]);
  });

  test('has a value put or taken out at any depth', () => {
    const put = editDefinition(FLOW, { kind: 'put', pointer: '/steps/0/onReason/timeout', value: 'stop' });
    expect(put.steps[0]).toMatchObject({ onReason: { timeout: 'stop' } });
    const out = editDefinition(put, { kind: 'put', pointer: '/steps/0/onReason/timeout', value: undefined });
    expect(out.steps[0]).toMatchObject({ onReason: {} });
    expect(editDefinition(FLOW, { kind: 'put', pointer: '/quietHours/from', value: undefined })).toEqual(FLOW);
  });

  test('is the same in whatever order its fields are written', () => {
    expect(sameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
    expect(sameJson({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  });
});

describe('the variables of a flow', () => {
  const code = { name: 'code', type: 'string', required: true, maxLength: 8, example: '493021' } as const;

  test('are a table with a JSON Schema behind', () => {
    const schema = withVariable(undefined, null, code);
    expect(schema).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['code'],
      properties: { code: { type: 'string', maxLength: 8, examples: ['493021'] } },
    });
    expect(variablesOf({ variables: schema })).toEqual([code]);
    expect(examplesOf({ variables: schema })).toEqual({ code: '493021' });
  });

  test('keep what the schema says beyond the table, their place and their being required when renamed', () => {
    const schema = {
      type: 'object',
      required: ['code', 'name'],
      $defs: { short: { type: 'string' } },
      properties: { code: { type: 'string', pattern: '^[0-9]+$' }, name: { $ref: '#/$defs/short' } },
    };
    const renamed = withVariable(schema, 'code', { ...code, name: 'pin' }) as Record<string, object>;
    expect(Object.keys(renamed.properties ?? {})).toEqual(['pin', 'name']);
    expect(renamed).toMatchObject({ required: ['name', 'pin'], $defs: schema.$defs });
    expect(renamed.properties).toMatchObject({ pin: { pattern: '^[0-9]+$' }, name: { $ref: '#/$defs/short' } });
    expect(withoutVariable(renamed, 'pin')).toMatchObject({ required: ['name'] });
  });
});

describe('a definition as text', () => {
  test('is read as it was written', () => {
    expect(readDefinition(textOf(FLOW))).toEqual({ ok: true, definition: FLOW });
  });

  test('says the line where it is no JSON', () => {
    const read = readDefinition('{\n  "name": "x",\n  "purpose": otp\n}');
    expect(read).toMatchObject({ ok: false, faults: [{ kind: 'syntax', line: 3 }] });
  });

  test('says the line of what does not fit', () => {
    const text = textOf({ ...FLOW, steps: [{ ...step('one'), channel: 'fax' as never }] });
    const read = readDefinition(text);
    const line = text.split('\n').findIndex((one) => one.includes('fax')) + 1;
    expect(read).toMatchObject({ ok: false, faults: [{ kind: 'shape', pointer: '/steps/0/channel', line }] });
    expect(readDefinition('[]').ok).toBe(false);
  });
});

test('what lint says stands at the field that it is about', () => {
  expect(placeOfFinding('/steps/1/timeoutSeconds')).toEqual({ part: 'conditions', field: '/steps/1/timeoutSeconds' });
  expect(placeOfFinding('/steps/1/parallel/0/2/provider/1')).toEqual({
    part: 'channels',
    field: '/steps/1/parallel/0/2/provider',
  });
  expect(placeOfFinding('/steps/1/parallel/0')).toEqual({ part: 'channels', field: '/steps/1' });
  expect(placeOfFinding('/steps/0/onReason/timeout')).toEqual({ part: 'rules', field: '/steps/0/onReason/timeout' });
  expect(placeOfFinding('/variables/properties/code/maxLength')).toEqual({
    part: 'basics',
    field: '/variables/properties/code',
  });
  expect(placeOfFinding('')).toEqual({ part: null, field: null });
});
