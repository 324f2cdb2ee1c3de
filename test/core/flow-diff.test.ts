import { DIFFERENCES } from '../../core/diff-sentences';
import { diffFlows } from '../../core/flow-diff';
import { inEnglish } from '../../core/sentence';
import type { FlowDefinition } from '../../schemas/flow';
import { flow, parallel, step } from '../scenarios/scenario';

function sentences(from: FlowDefinition, to: FlowDefinition): string[] {
  return diffFlows(from, to).map(({ sentence }) => sentence);
}

const BASE = flow([step('whatsapp'), step('sms'), step('email')]);

describe('the difference of two versions', () => {
  test('of the same definition there is none', () => {
    expect(diffFlows(BASE, structuredClone(BASE))).toEqual([]);
  });

  test('a changed field names both values and where it stands', () => {
    const to = flow([step('whatsapp', { timeoutSeconds: 45 }), step('sms'), step('email')]);
    expect(diffFlows(BASE, to)).toEqual([
      {
        pointer: '/steps/0/timeoutSeconds',
        kind: 'changed',
        from: 1,
        to: 45,
        sentence: 'Step “whatsapp”: timeoutSeconds went from 1 to 45.',
        key: 'step.field.changed',
        values: { step: 'whatsapp', field: ['timeoutSeconds'], before: '1', now: '45' },
      },
    ]);
  });

  test('a step moved reads as one move, not as removed and added', () => {
    expect(diffFlows(BASE, flow([step('email'), step('whatsapp'), step('sms')]))).toEqual([
      {
        pointer: '/steps/0',
        kind: 'changed',
        from: '/steps/2',
        to: '/steps/0',
        sentence: 'Step “email” moved from place 3 to place 1 of the ladder.',
        key: 'step.moved',
        values: { step: 'email', placeBefore: 3, place: 1 },
      },
    ]);
  });

  test('a step added does not move the steps after it', () => {
    expect(sentences(BASE, flow([step('whatsapp'), step('rcs'), step('sms'), step('email')]))).toEqual([
      'Step “rcs” was added as number 2 of the ladder.',
    ]);
  });

  test('a step removed points into the version that had it', () => {
    expect(diffFlows(BASE, flow([step('whatsapp'), step('email')]))).toEqual([
      expect.objectContaining({ pointer: '/steps/1', kind: 'removed', sentence: 'Step “sms” was removed.' }),
    ]);
  });

  test('a step that moves into a branch and changes there says both', () => {
    const to = flow([step('whatsapp'), parallel('any', [[step('sms', { successOn: 'sent' })], [step('email')]])]);
    expect(sentences(BASE, to)).toEqual([
      'Step “both” was added as number 2 of the ladder.',
      'Step “sms” moved from the ladder to branch 1 of “both”.',
      'Step “email” moved from the ladder to branch 2 of “both”.',
      'Step “sms”: successOn is now "sent".',
    ]);
  });

  test('is told of a draft whose step has no name for the moment', () => {
    const { name: _, ...nameless } = step('sms');
    expect(sentences(BASE, { ...BASE, steps: [...BASE.steps, nameless as (typeof BASE.steps)[number]] })).toHaveLength(
      1,
    );
  });

  test('is data too, by which its sentence can be made again', () => {
    const both = (name: string, ...branches: Parameters<typeof parallel>[1]) => parallel('any', branches, { name });
    const versions = [
      BASE,
      flow([step('email'), step('whatsapp'), step('sms')], { requireConsent: true }),
      flow([step('whatsapp', { recall: true }), both('both', [step('sms'), step('rcs')], [step('email')])]),
      flow([both('both', [step('rcs'), step('sms'), step('whatsapp')], [step('email')])], { requireConsent: false }),
      flow([both('both', [step('rcs')], [step('email'), step('sms', { timeoutSeconds: 9 })]), step('whatsapp')]),
    ];
    const changes = versions.flatMap((from) => versions.flatMap((to) => diffFlows(from, to)));
    for (const { key, values, sentence } of changes) {
      expect(inEnglish(DIFFERENCES, { key, values })).toBe(sentence);
      expect(sentence).not.toContain('undefined');
      expect(JSON.parse(JSON.stringify(values))).toEqual(values);
    }
    // Nothing stands in the catalogue that is never said.
    expect([...new Set(changes.map(({ key }) => key))].sort()).toEqual(Object.keys(DIFFERENCES).sort());
  });

  test('the fields of the flow itself are compared one by one', () => {
    const budget = { maxCostMicros: 1, currency: 'EUR', onExceeded: 'skip_step' } as const;
    const from = flow([step('sms')], { budget, expiresAfterSeconds: 60 });
    const to = flow([step('sms')], { budget: { ...budget, maxCostMicros: 2 }, requireConsent: true });
    expect(diffFlows(from, to).map(({ pointer, kind }) => [pointer, kind])).toEqual([
      ['/budget/maxCostMicros', 'changed'],
      ['/expiresAfterSeconds', 'removed'],
      ['/requireConsent', 'added'],
    ]);
  });
});
