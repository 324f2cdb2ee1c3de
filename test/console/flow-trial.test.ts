import { changeGroups } from '../../console/pages/flows/change-rows';
import { exampleRecipient, exampleVariables } from '../../console/pages/flows/example-invocation';
import { type Outcome, outcomeOf, outcomesText, readOutcomes, scriptOf } from '../../console/pages/flows/outcomes';
import { clockAt, momentsOf, standingsAt, watchedAt } from '../../console/pages/flows/simulation-story';
import { SNIPPETS } from '../../console/pages/flows/snippet-texts';
import { diffFlows } from '../../core/flow-diff';
import type { WireEvent } from '../../schemas/event';
import type { FlowDefinition, SendStep } from '../../schemas/flow';
import { parseSandboxScript } from '../../schemas/sandbox-script';
import { compileVariables } from '../../schemas/variables-schema';

const step = (name: string, more: Partial<SendStep> = {}): SendStep => ({
  name,
  channel: 'sms',
  template: 'tpl_a',
  timeoutSeconds: 30,
  ...more,
});
const flow = (more: Partial<FlowDefinition> = {}): FlowDefinition => ({
  name: 'A flow',
  purpose: 'otp',
  steps: [step('first'), step('second')],
  ...more,
});

describe('outcomes', () => {
  it('stand in a link and come back, whatever colons the names of the steps hold', () => {
    const outcomes = { a: 'silent', 'a:b': 'undelivered:unreachable@2s', 'a: b.c': 'delivered@50ms x2, read@1s' };
    expect(readOutcomes(outcomesText(outcomes), ['a', 'a:b', 'a: b.c', 'd'])).toEqual(outcomes);
  });

  it('leave out what no step of the flow is called by, and what says nothing', () => {
    expect(readOutcomes('gone:silent;first:;second:hang;;nonsense', ['first', 'second'])).toEqual({ second: 'hang' });
  });

  it.each<[Outcome, string]>([
    [{ kind: 'success', status: 'read', afterMs: 2000 }, 'read@2s'],
    [{ kind: 'late', afterMs: 1500 }, 'delivered@31500ms'],
    [{ kind: 'silent' }, 'silent'],
    [{ kind: 'undelivered', reason: 'blocked', afterMs: 250 }, 'undelivered:blocked@250ms'],
    [{ kind: 'rejected', reason: 'invalid_address' }, 'reject:invalid_address'],
    [{ kind: 'hang' }, 'hang'],
    [{ kind: 'script', text: 'hang, delivered@12s' }, 'hang, delivered@12s'],
  ])('%j is the script %s, and is read as the same choice', (outcome, script) => {
    expect(scriptOf(outcome, 30)).toBe(script);
    expect(parseSandboxScript(script).ok).toBe(true);
    expect(outcomeOf(script, 30)).toEqual(outcome);
  });

  it('are delivered after 100 ms where nothing was chosen', () => {
    expect(outcomeOf(undefined, 30)).toEqual({ kind: 'success', status: 'delivered', afterMs: 100 });
  });
});

describe('the virtual clock', () => {
  const at = (ms: number) => new Date(Date.parse('2026-11-26T10:00:00.000Z') + ms).toISOString();
  const events: WireEvent[] = [
    { seq: 1, type: 'InvocationStarted', at: at(0) },
    { seq: 2, type: 'StepStarted', at: at(0), step: 'first' },
    { seq: 3, type: 'AttemptRequested', at: at(0), step: 'first', attempt: 1 },
    { seq: 4, type: 'AttemptAccepted', at: at(200), step: 'first', attempt: 1, costMicros: 70, deadlineAt: at(30_200) },
    { seq: 5, type: 'StepTimedOut', at: at(30_200), step: 'first', deadlineAt: at(30_200) },
    { seq: 6, type: 'LadderAdvanced', at: at(30_200), step: 'first', nextStep: 'second', reason: 'timeout' },
    { seq: 7, type: 'StepStarted', at: at(30_200), step: 'second' },
    { seq: 8, type: 'AttemptAccepted', at: at(30_200), step: 'second', attempt: 1, costMicros: 30 },
    { seq: 9, type: 'StepSucceeded', at: at(30_300), step: 'second' },
    { seq: 10, type: 'InvocationSucceeded', at: at(30_300), step: 'second' },
    { seq: 11, type: 'LateReceiptRecorded', at: at(90_000), step: 'first', receiptStatus: 'delivered' },
    { seq: 12, type: 'DuplicateDetected', at: at(90_000), step: 'first', costMicros: 70 },
  ];
  const moments = momentsOf(events);
  const phases = (ms: number) => {
    const { steps, ...rest } = standingsAt(moments, ms, ['first', 'second', 'third']);
    return { ...rest, steps: [...steps.values()].map(({ phase }) => phase) };
  };

  it('stands where one watches, and the other way round', () => {
    expect(moments.map(({ atMs }) => atMs)).toEqual([0, 200, 30_200, 30_300, 90_000]);
    for (const ms of [0, 200, 15_000, 30_200, 60_000, 90_000]) {
      expect(clockAt(moments, watchedAt(moments, ms))).toBeCloseTo(ms, 6);
    }
    const watched = moments.map((moment) => moment.watched);
    expect(watched).toEqual([...watched].sort((a, b) => a - b));
    expect(watchedAt(moments, 90_000)).toBeLessThan(10);
  });

  it('shows which step is sending, waiting and left, what was spent, and who was reached twice', () => {
    expect(phases(0)).toMatchObject({ steps: ['sending', 'idle', 'idle'], costMicros: 0, ended: null });
    expect(phases(200)).toMatchObject({ steps: ['waiting', 'idle', 'idle'], costMicros: 70 });
    expect(phases(30_200)).toMatchObject({ steps: ['left', 'waiting', 'idle'], costMicros: 100, ended: null });
    expect(phases(30_300)).toMatchObject({ steps: ['left', 'succeeded', 'unsent'], ended: 'succeeded', duplicates: 0 });
    expect(phases(90_000)).toMatchObject({ ended: 'succeeded', duplicates: 1 });
    expect(standingsAt(moments, 90_000, ['first']).steps.get('first')).toMatchObject({
      late: 'delivered',
      duplicate: true,
      reason: 'timeout',
    });
  });
});

describe('what is pasted', () => {
  const variables = {
    type: 'object',
    required: ['code', 'name', 'when', 'items'],
    additionalProperties: false,
    properties: {
      code: { type: 'string', maxLength: 4 },
      name: { type: 'string', minLength: 5 },
      when: { type: 'string', format: 'date-time' },
      items: { type: 'array', minItems: 2, items: { type: 'object', properties: { price: { type: 'number' } } } },
      plate: { type: 'string', pattern: '^[A-Z]{3}[0-9]{3}$' },
      sort: { enum: ['new', 'old'] },
    },
  };

  it('has variables that the flow takes', () => {
    expect(compileVariables(variables)(exampleVariables(flow({ variables })))).toEqual([]);
  });

  it('has the address that each channel sends to, and no other', () => {
    const steps = [step('sms'), step('email', { channel: 'email' }), step('push', { channel: 'push' })];
    expect(Object.keys(exampleRecipient(flow({ steps })))).toEqual(['phone', 'email', 'pushToken']);
    expect(Object.keys(exampleRecipient(flow({ steps: [step('inapp', { channel: 'inapp' })] })))).toEqual(['id']);
  });

  it('is quoted for the shell, and says true, false and nothing in Python’s words', () => {
    const body = { variables: { name: "Anna O'Hara", yes: true, no: false, none: null, empty: [] } };
    const given = { origin: 'https://onward.example.com', workflowId: 'wf_a', body };
    expect(SNIPPETS.curl(given)).toContain(`"Anna O'\\''Hara"`);
    const python = SNIPPETS.python(given);
    for (const words of [`"Anna O'Hara"`, '"yes": True,', '"no": False,', '"none": None,', '"empty": [],']) {
      expect(python).toContain(words);
    }
  });
});

describe('what differs', () => {
  it('is told by step, field by field, the flow itself first', () => {
    const before = flow({ budget: { maxCostMicros: 1, currency: 'EUR', onExceeded: 'skip_step' } });
    const after = flow({
      requireConsent: true,
      steps: [
        step('new', { channel: 'email' }),
        step('first', { timeoutSeconds: 45, onReason: { blocked: 'stop', expired: 'retry' } }),
      ],
    });
    const told = changeGroups(diffFlows(before, after), before, after);
    expect(
      told.map(({ step: name, whole, fields }) => [name, whole, fields.map(({ path }) => path.join('.')).sort()]),
    ).toEqual([
      [null, null, ['budget.currency', 'budget.maxCostMicros', 'budget.onExceeded', 'requireConsent']],
      ['new', 'added', ['channel', 'template', 'timeoutSeconds']],
      ['first', null, ['onReason.blocked', 'onReason.expired', 'timeoutSeconds']],
      ['second', 'removed', ['channel', 'template', 'timeoutSeconds']],
    ]);
    expect(told[2]?.fields.find(({ path }) => path[0] === 'timeoutSeconds')).toMatchObject({ before: 30, after: 45 });
  });

  it('names a step within a branch, and where a moved one stands now', () => {
    const all = (names: [string, string]): FlowDefinition =>
      flow({ steps: [{ name: 'all', timeoutSeconds: 60, parallel: [names.map((name) => step(name))] }] });
    const [before, after] = [all(['a', 'b']), all(['b', 'a'])];
    const told = changeGroups(diffFlows(before, after), before, after);
    expect(told).toMatchObject([{ whole: 'moved', fields: [{ path: ['place'] }] }]);
    expect(['a', 'b']).toContain(told[0]?.step);
  });
});
