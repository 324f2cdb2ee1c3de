import { lint, variablesOf } from '../../core/lint';
import type { Finding, LintContext } from '../../core/lint/finding';
import { LINT } from '../../core/lint/sentences';
import { priceBook } from '../../core/prices';
import { inEnglish } from '../../core/sentence';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import type { Template } from '../../schemas/template';
import { CHANNELS, type Channel } from '../../schemas/vocabulary';
import { flow, parallel, step } from '../scenarios/scenario';

function template(id: string, channel: Channel, text: string, more: Partial<Template> = {}): Template {
  const at = '2026-11-21T10:00:00.000Z';
  return { id, name: id, channel, content: { text }, status: 'approved', createdAt: at, updatedAt: at, ...more };
}

const TEMPLATES = new Map(
  [
    ...CHANNELS.map((channel) => template(`tpl_${channel}`, channel, 'Code {{code}}')),
    template('tpl_broken', 'sms', 'Code {{#code}}'),
    template('tpl_included', 'sms', 'Code {{code}} {{> footer}}'),
    template('tpl_name', 'sms', 'Dear {{user.name}}, {{code}}'),
    template('tpl_items', 'sms', '{{code}}{{#items}}{{title}}{{/items}}'),
    template('tpl_long', 'sms', `${'x'.repeat(155)}{{code}}`),
    template('tpl_accent', 'sms', `${'x'.repeat(60)}č{{code}}`),
    template('tpl_italian', 'sms', '{{code}}', { locales: { it: { text: `${'x'.repeat(160)}{{code}}` } } }),
    template('tpl_ten', 'sms', `${'x'.repeat(1525)}{{code}}`),
    template('tpl_eleven', 'xms', 'x'.repeat(1531)),
    template('tpl_almost', 'xms', 'x'.repeat(1530)),
    template('tpl_lms_full', 'lms', `${'가'.repeat(997)}{{code}}`),
    template('tpl_endless', 'lms', '가'.repeat(1001)),
    template('tpl_xms_long', 'xms', `${'x'.repeat(155)}{{code}}`),
    template('tpl_card', 'rcs', '', { content: { rcs: { card: { title: '{{code}} {{place}}' } } } }),
    template('tpl_submitted', 'whatsapp', '{{code}}', { status: 'submitted' }),
  ].map((one) => [one.id, one]),
);

const code = (schema: object): FlowDefinition['variables'] => ({ type: 'object', properties: { code: schema } });

function findings(definition: FlowDefinition): Finding[] {
  return lint(definition, { catalog: PROVIDER_CATALOG, templates: TEMPLATES });
}

interface Row {
  rule: string;
  level: Finding['level'];
  pointer: string;
  /** A flow that it finds fault with. */
  bad: FlowDefinition;
  /** As near to the bad one as can be, without the fault. */
  good: FlowDefinition;
}

const quiet = { from: '21:00', to: '08:00' };
const sms = step('sms', { provider: 'twilio' });
const email = step('email', { provider: 'sendgrid' });

const TABLE: Row[] = [
  {
    rule: 'duplicate-step-name',
    level: 'error',
    pointer: '/steps/1/parallel/0/0/name',
    bad: flow([step('sms'), parallel('any', [[step('sms')]])]),
    good: flow([step('sms'), parallel('any', [[step('sms', { name: 'sms again' })]])]),
  },
  {
    rule: 'provider-channel',
    level: 'error',
    pointer: '/steps/0/provider',
    bad: flow([step('email', { provider: 'twilio' })]),
    good: flow([email]),
  },
  {
    rule: 'timeout-validity',
    level: 'warning',
    pointer: '/steps/0/timeoutSeconds',
    bad: flow([step('whatsapp', { provider: 'whatsapp-cloud', timeoutSeconds: 30 }), sms]),
    good: flow([step('whatsapp', { provider: 'twilio', timeoutSeconds: 30 }), sms]),
  },
  {
    rule: 'timeout-validity',
    level: 'warning',
    pointer: '/steps/0/timeoutSeconds',
    bad: flow([step('sms', { provider: 'twilio', timeoutSeconds: 36_001 }), email]),
    good: flow([step('sms', { provider: 'twilio', timeoutSeconds: 36_000 }), email]),
  },
  {
    rule: 'timeout-validity',
    level: 'warning',
    pointer: '/steps/0/timeoutSeconds',
    bad: flow([email, sms]),
    good: flow([sms, email]),
  },
  {
    rule: 'recall-impossible',
    level: 'warning',
    pointer: '/steps/0/recall',
    bad: flow([step('rcs', { provider: 'twilio', recall: true }), sms]),
    good: flow([step('rcs', { provider: 'sandbox', recall: true }), sms]),
  },
  {
    rule: 'recall-pointless',
    level: 'warning',
    pointer: '/steps/0/recall',
    bad: flow([step('rcs', { recall: true })]),
    good: flow([step('rcs', { recall: true }), sms]),
  },
  {
    rule: 'success-unknowable',
    level: 'error',
    pointer: '/steps/0/successOn',
    bad: flow([step('sms', { provider: 'twilio', successOn: 'read' }), email]),
    good: flow([step('whatsapp', { provider: 'twilio', successOn: 'read' }), email]),
  },
  {
    rule: 'success-unknowable',
    level: 'warning',
    pointer: '/steps/0/successOn',
    bad: flow([step('push', { provider: 'fcm' }), sms]),
    good: flow([step('push', { provider: 'fcm', successOn: 'accepted' }), sms]),
  },
  {
    rule: 'no-negative-receipt',
    level: 'warning',
    pointer: '/steps/0',
    bad: flow([step('messenger', { provider: 'line' }), sms]),
    good: flow([step('messenger', { provider: 'solapi' }), sms]),
  },
  {
    rule: 'last-step-silence',
    level: 'warning',
    pointer: '/steps/1',
    bad: flow([sms, step('whatsapp', { provider: 'twilio', successOn: 'read' })]),
    good: flow([sms, step('whatsapp', { provider: 'twilio', successOn: 'delivered' })]),
  },
  {
    rule: 'reason-pointless',
    level: 'warning',
    pointer: '/steps/0/onReason/unreachable',
    bad: flow([step('sms', { onReason: { unreachable: 'advance' } }), email]),
    good: flow([step('sms', { onReason: { unreachable: 'stop' } }), email]),
  },
  {
    rule: 'reason-pointless',
    level: 'warning',
    pointer: '/steps/1/onReason/unreachable',
    bad: flow([email, step('sms', { onReason: { unreachable: 'stop' } })]),
    good: flow([email, step('sms', { onReason: { unreachable: 'retry' } })]),
  },
  {
    rule: 'template-unknown',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_none' })]),
    good: flow([sms]),
  },
  {
    rule: 'template-channel',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_email' })]),
    good: flow([sms]),
  },
  {
    rule: 'template-not-approved',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('whatsapp', { template: 'tpl_submitted' })]),
    good: flow([step('whatsapp')]),
  },
  {
    rule: 'template-syntax',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_broken' })]),
    good: flow([sms]),
  },
  {
    rule: 'template-syntax',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_included' })]),
    good: flow([sms]),
  },
  {
    rule: 'variable-unmapped',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_name' })]),
    good: flow([step('sms', { template: 'tpl_name' })], {
      variables: { type: 'object', properties: { code: {}, user: { type: 'object' } } },
    }),
  },
  {
    rule: 'variable-unmapped',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([sms], { variables: undefined }),
    good: flow([sms]),
  },
  {
    rule: 'variable-unmapped',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_items' })], {
      variables: { type: 'object', properties: { code: {}, items: { type: 'string' } } },
    }),
    good: flow([step('sms', { template: 'tpl_items' })], {
      variables: { type: 'object', properties: { code: {}, items: { type: 'array' } } },
    }),
  },
  {
    rule: 'variable-unused',
    level: 'warning',
    pointer: '/variables/properties/a~1b',
    bad: flow([sms], {
      variables: { type: 'object', properties: { code: { type: 'string', maxLength: 8 }, 'a/b': {} } },
    }),
    good: flow([sms]),
  },
  {
    rule: 'variable-optional',
    level: 'warning',
    pointer: '/variables/required',
    bad: flow([sms], { variables: { type: 'object', properties: { code: { type: 'string', maxLength: 8 } } } }),
    good: flow([sms]),
  },
  {
    rule: 'sms-parts',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_long' })], { variables: code({ type: 'string', maxLength: 6 }) }),
    good: flow([step('sms', { template: 'tpl_long' })], { variables: code({ type: 'string', maxLength: 5 }) }),
  },
  {
    rule: 'sms-parts',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_accent' })], { variables: code({ enum: ['1234567890', '1'] }) }),
    good: flow([step('sms', { template: 'tpl_accent' })], { variables: code({ enum: ['123456789', '1'] }) }),
  },
  {
    rule: 'sms-parts',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_italian' })]),
    good: flow([sms]),
  },
  {
    rule: 'sms-parts',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([sms], { variables: code({ type: 'string' }) }),
    good: flow([step('whatsapp')], { variables: code({ type: 'string' }) }),
  },
  {
    rule: 'sms-parts',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([step('xms', { template: 'tpl_xms_long' })], { variables: code({ type: 'string', maxLength: 6 }) }),
    good: flow([step('xms', { template: 'tpl_xms_long' })], { variables: code({ type: 'string', maxLength: 5 }) }),
  },
  {
    rule: 'sms-parts',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([step('lms')], { variables: code({ type: 'string' }) }),
    good: flow([step('lms')]),
  },
  {
    rule: 'message-too-long',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([step('sms', { template: 'tpl_ten' })], { variables: code({ type: 'string', maxLength: 6 }) }),
    good: flow([step('sms', { template: 'tpl_ten' })], { variables: code({ type: 'string', maxLength: 5 }) }),
  },
  {
    rule: 'message-too-long',
    level: 'warning',
    pointer: '/steps/0/template',
    bad: flow([step('lms', { template: 'tpl_lms_full' })], { variables: code({ type: 'string', maxLength: 7 }) }),
    good: flow([step('lms', { template: 'tpl_lms_full' })], { variables: code({ type: 'string', maxLength: 6 }) }),
  },
  {
    rule: 'message-too-long',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('xms', { template: 'tpl_eleven' })]),
    good: flow([step('xms', { template: 'tpl_almost' })]),
  },
  {
    rule: 'message-too-long',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('lms', { template: 'tpl_endless' })]),
    good: flow([step('lms')]),
  },
  {
    rule: 'variable-unmapped',
    level: 'error',
    pointer: '/steps/0/template',
    bad: flow([step('rcs', { template: 'tpl_card' })]),
    good: flow([step('rcs', { template: 'tpl_card' })], {
      variables: { type: 'object', properties: { code: {}, place: {} } },
    }),
  },
  {
    rule: 'ladder-longer-than-expiry',
    level: 'warning',
    pointer: '/expiresAfterSeconds',
    bad: flow([step('sms', { timeoutSeconds: 30 }), email], { expiresAfterSeconds: 30 }),
    good: flow([step('sms', { timeoutSeconds: 30 }), email], { expiresAfterSeconds: 31 }),
  },
  {
    rule: 'worst-case-over-budget',
    level: 'warning',
    pointer: '/budget/maxCostMicros',
    bad: flow([sms, email], { budget: { maxCostMicros: 35_999, currency: 'EUR', onExceeded: 'skip_step' } }),
    good: flow([sms, email], { budget: { maxCostMicros: 36_000, currency: 'EUR', onExceeded: 'skip_step' } }),
  },
  {
    rule: 'budget-currency',
    level: 'warning',
    pointer: '/budget/currency',
    bad: flow([sms], { budget: { maxCostMicros: 90_000, currency: 'USD', onExceeded: 'skip_step' } }),
    good: flow([sms], { budget: { maxCostMicros: 90_000, currency: 'EUR', onExceeded: 'skip_step' } }),
  },
  {
    rule: 'branch-longer-than-parallel',
    level: 'warning',
    pointer: '/steps/0/parallel/0',
    bad: flow([parallel('any', [[sms, email]], { timeoutSeconds: 1 })]),
    good: flow([parallel('any', [[sms, email]], { timeoutSeconds: 2 })]),
  },
  {
    rule: 'unknown-timezone',
    level: 'error',
    pointer: '/quietHours/timezone',
    bad: flow([sms], { purpose: 'marketing', quietHours: { ...quiet, timezone: 'Europe/Roma' } }),
    good: flow([sms], { purpose: 'marketing', quietHours: { ...quiet, timezone: 'Europe/Rome' } }),
  },
  {
    rule: 'quiet-hours-empty',
    level: 'warning',
    pointer: '/quietHours',
    bad: flow([sms], { purpose: 'marketing', quietHours: { from: '08:00', to: '08:00' } }),
    good: flow([sms], { purpose: 'marketing', quietHours: quiet }),
  },
  {
    rule: 'quiet-hours-unused',
    level: 'warning',
    pointer: '/quietHours/purposes',
    bad: flow([sms], { purpose: 'otp', quietHours: quiet }),
    good: flow([sms], { purpose: 'otp', quietHours: { ...quiet, purposes: ['otp'] } }),
  },
];

/** By what the table has not: accounts, prices and profiles that are known, and templates that are odd. */
function rarelySaid(): Finding[] {
  const odd = [
    template('tpl_tag', 'sms', '{{code'),
    template('tpl_close', 'sms', '{{/code}}'),
    template('tpl_marks', 'sms', '{{=<=}}'),
    template('tpl_refused', 'whatsapp', '{{code}}', { status: 'rejected', statusReason: 'too pushy' }),
  ];
  const slow = { ...PROVIDER_CATALOG.twilio, validitySeconds: { min: 30, max: 900 } };
  const price = {
    provider: 'twilio',
    account: null,
    channel: 'sms',
    country: '*',
    currency: 'USD',
    costMicros: 9,
  } as const;
  const context: LintContext = {
    catalog: { ...PROVIDER_CATALOG, twilio: slow },
    templates: new Map([...TEMPLATES, ...odd.map((one) => [one.id, one] as const)]),
    accounts: new Set(['twilio']),
    pricing: { prices: priceBook([price]), accountOf: () => null },
    callbackProfiles: new Set(),
  };
  const definition = flow(
    [
      step('sms', { provider: ['twilio:pac_gone', 'twilio', 'fax'], timeoutSeconds: 1, template: 'tpl_tag' }),
      step('sms', { name: 'closed', provider: 'solapi', template: 'tpl_close' }),
      step('sms', { name: 'marked', provider: 'solapi', template: 'tpl_marks' }),
      step('whatsapp', { provider: 'twilio', template: 'tpl_refused', successOn: 'replied' }),
    ],
    { callbackProfile: 'cbp_gone', budget: { maxCostMicros: 1, currency: 'EUR', onExceeded: 'stop_flow' } },
  );
  return [
    ...lint(definition, context),
    ...lint(flow([step('whatsapp', { provider: 'sandbox', successOn: 'clicked' })]), context),
    ...findings(flow([step('messenger', { provider: ['line', 'line:pac_gone'] })])),
  ];
}

test('the variables of all steps are told as one contract', () => {
  const definition = flow(
    [
      sms,
      step('xms', { name: 'items', channel: 'sms', template: 'tpl_items' }),
      parallel('any', [[step('rcs', { template: 'tpl_card' })]]),
    ],
    {
      variables: {
        type: 'object',
        required: ['code'],
        properties: { code: { type: 'string' }, items: { type: ['array', 'null'] }, spare: {} },
      },
    },
  );
  expect(variablesOf(definition, { catalog: PROVIDER_CATALOG, templates: TEMPLATES })).toEqual([
    { name: 'code', steps: ['sms', 'items', 'rcs'], required: true, type: 'string' },
    { name: 'items', steps: ['items'], required: false, type: ['array', 'null'] },
    { name: 'spare', steps: [], required: false, type: null },
    { name: 'title', steps: ['items'], required: false, type: null },
    { name: 'place', steps: ['rcs'], required: false, type: null },
  ]);
});

describe('lint', () => {
  test.each(TABLE.map((row) => [row.rule, row.level, row.pointer, row] as const))(
    '%s is told as %s at %s, and only where it is',
    (rule, level, pointer, { bad, good }) => {
      const told = findings(bad).filter((finding) => finding.rule === rule);
      expect(told).toEqual([expect.objectContaining({ level, pointer })]);
      expect(findings(good).filter((finding) => finding.rule === rule)).toEqual([]);
    },
  );

  test('says each finding as data too, by which its message and its hint can be made again', () => {
    const all = [...TABLE.flatMap(({ bad }) => findings(bad)), ...rarelySaid()];
    for (const { key, values, rule, message, hint } of all) {
      expect(key.split('.')[0]).toBe(rule);
      expect(inEnglish(LINT, { key, values })).toBe(message);
      expect(`${message} ${hint}`.replace(/undefined$/, '')).not.toContain('undefined');
      expect(Object.hasOwn(LINT, `${key}.hint`) ? inEnglish(LINT, { key: `${key}.hint`, values }) : undefined).toBe(
        hint,
      );
      // What goes over the wire is all of it.
      expect(JSON.parse(JSON.stringify(values))).toEqual(values);
    }
    // Nothing stands in the catalogue, to be put into every language, that is never said.
    const sentences = Object.keys(LINT).filter((key) => !key.endsWith('.hint'));
    expect([...new Set(all.map(({ key }) => key))].sort()).toEqual(sentences.sort());
  });

  test('finds nothing in a plain, sound flow', () => {
    expect(findings(flow([step('whatsapp', { provider: 'twilio', timeoutSeconds: 30 }), sms]))).toEqual([]);
  });

  test('tells errors before warnings, each in words that end', () => {
    const bad = flow([step('rcs', { recall: true, onReason: { unreachable: 'advance' }, template: 'tpl_none' })]);
    const told = findings(bad);
    expect(told.map(({ level }) => level)).toEqual(['error', 'warning', 'warning']);
    for (const { message, hint } of told) {
      expect(message).toMatch(/[.]$/);
      expect(hint ?? '.').toMatch(/[.]$/);
    }
  });

  test('a timeout shorter than a provider keeps a message warns of the seconds between', () => {
    const facts = { ...PROVIDER_CATALOG.twilio, validitySeconds: { min: 30, max: 900 } };
    const told = (timeoutSeconds: number) =>
      lint(flow([step('whatsapp', { provider: 'twilio', timeoutSeconds }), sms]), {
        catalog: { ...PROVIDER_CATALOG, twilio: facts },
        templates: TEMPLATES,
      }).filter(({ rule, pointer }) => rule === 'timeout-validity' && pointer.startsWith('/steps/0'));
    expect(told(29)[0]?.message).toContain('for 1 s after');
    expect(told(30)).toEqual([]);
  });

  test('in test mode every step goes to the sandbox, which can do it all', () => {
    const definition = flow([step('sms', { provider: 'line', successOn: 'read' }), sms]);
    const options = { catalog: PROVIDER_CATALOG, templates: TEMPLATES };
    expect(lint(definition, { ...options, mode: 'live' }).map(({ rule }) => rule)).toContain('provider-channel');
    expect(lint(definition, { ...options, mode: 'test' }).map(({ rule }) => rule)).not.toContain('provider-channel');
  });

  describe('accounts', () => {
    const catalog = { ...PROVIDER_CATALOG, 'twilio:pac_eu': PROVIDER_CATALOG.twilio };
    const told = (provider: string | string[], accounts?: ReadonlySet<string>, mode: 'live' | 'test' = 'live') =>
      lint(flow([step('sms', { provider })]), { catalog, templates: TEMPLATES, accounts, mode }).map(
        ({ level, rule, pointer }) => `${level} ${rule} ${pointer}`,
      );
    const known = new Set(['sandbox', 'twilio']);

    test('one that is not there is an error; where nobody knows the accounts, a warning', () => {
      expect(told('twilio:pac_gone', known)).toEqual(['error account-unknown /steps/0/provider']);
      expect(told(['twilio:pac_eu', 'twilio:pac_gone'], known)).toEqual(['error account-unknown /steps/0/provider/1']);
      expect(told('twilio:pac_gone')).toEqual(['warning account-unknown /steps/0/provider']);
      expect(told('twilio:pac_eu', known)).toEqual([]);
    });

    test('a provider without any is a warning, where the accounts are known, and not in test mode', () => {
      expect(told('solapi', known)).toEqual(['warning no-account /steps/0/provider']);
      expect(told(['twilio', 'solapi'], known)).toEqual(['warning no-account /steps/0/provider/1']);
      expect(told('solapi')).toEqual([]);
      expect(told('solapi', known, 'test')).toEqual([]);
      expect(told('twilio', known)).toEqual([]);
    });
  });

  test('a callback profile that is not there is a warning, where the profiles are known', () => {
    const told = (callbackProfile: string | undefined, callbackProfiles?: ReadonlySet<string>) =>
      lint(
        { ...flow([sms]), callbackProfile },
        { catalog: PROVIDER_CATALOG, templates: TEMPLATES, callbackProfiles },
      ).map(({ level, rule, pointer }) => `${level} ${rule} ${pointer}`);
    const known = new Set(['cbp_main']);
    expect(told('cbp_gone', known)).toEqual(['warning callback-profile-unknown /callbackProfile']);
    expect(told('cbp_main', known)).toEqual([]);
    expect(told('cbp_gone')).toEqual([]);
    expect(told(undefined, known)).toEqual([]);
  });

  test('every finding points at something that is there, or at a field that could be', () => {
    for (const { bad } of TABLE) {
      for (const { pointer } of findings(bad)) {
        const parent = pointer.split('/').slice(1, -1);
        const target = parent.reduce<unknown>((at, key) => (at as Record<string, unknown>)[unescaped(key)], bad);
        expect(target).toBeInstanceOf(Object);
      }
    }
  });
});

function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
