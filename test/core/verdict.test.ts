import fc from 'fast-check';
import { meets, successOf } from '../../core/attempt-status';
import { isDuplicate } from '../../core/reaches';
import { simulate } from '../../core/simulate';
import { initialState, type State, stepAt } from '../../core/state';
import { namesIn, summaryOf, verdictsOf } from '../../core/verdict';
import { invocationView } from '../../core/view';
import { STEP_OUTCOMES } from '../../schemas/story';
import type { Reason } from '../../schemas/vocabulary';
import { SCENARIOS } from '../scenarios/all';
import { liveLadder, runOnCore, START_AT, scriptsOf, testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';
import { LADDERS, make, move, newWorld, settle, take, type World } from './hostile-world';

/** The sentences of a scenario, the summary last. */
async function told(title: string): Promise<string[]> {
  const found = SCENARIOS.find((one) => one.title.startsWith(title));
  if (!found) throw new Error(`no scenario “${title}”`);
  return sentences(await runOnCore(found));
}

function sentences({ state, events }: Pick<World, 'state' | 'events'>): string[] {
  return [...verdictsOf(state, events).map(({ sentence }) => sentence), summaryOf(state, events)];
}

function play(
  steps: Parameters<typeof flow>[0],
  sandbox: Record<string, string>,
  blocked: Record<string, Reason> = {},
) {
  return simulate(testLadder(flow(steps)), scriptsOf(sandbox), { startAt: START_AT, blocked });
}

describe('the verdict on each step, in a sentence', () => {
  test('who was reached twice, and what was billed needlessly for it', () => {
    const steps = [step('whatsapp', { timeoutSeconds: 30 }), step('sms', { timeoutSeconds: 120 })];
    expect(sentences(play(steps, { whatsapp: 'accept@1s,delivered@129s', sms: 'delivered@2s' }))).toEqual([
      'WhatsApp: accepted 10:00:01, no receipt by 10:00:31, so SMS was sent; the WhatsApp receipt came at 10:02:10, delivered twice, EUR 0.071 billed, 0.0355 of it needlessly.',
      'SMS: accepted 10:00:31, delivered 10:00:33, EUR 0.0355 billed.',
      'Succeeded at 10:00:33; SMS reached the person at 10:00:33; delivered twice, again by WhatsApp; EUR 0.071 billed, 0.0355 of it needlessly.',
    ]);
  });

  test.each<[string, string[]]>([
    [
      'an invocation whose first message is delivered',
      [
        'WhatsApp: accepted 10:00:00, delivered 10:00:00, EUR 0.0355 billed.',
        'SMS: not needed, since WhatsApp reached the person.',
        'Succeeded at 10:00:00; WhatsApp reached the person at 10:00:00; EUR 0.0355 billed.',
      ],
    ],
    [
      'an invocation whose every step stays silent',
      [
        'WhatsApp: accepted 10:00:00, no receipt by 10:00:01, so SMS was sent, EUR 0.0355 billed.',
        'SMS: accepted 10:00:01, no receipt by 10:00:02, and nothing was left to try, EUR 0.0355 billed.',
        'Failed at 10:00:02, because no receipt came in time; nobody was reached; EUR 0.071 billed.',
      ],
    ],
    [
      'a step that waits for no more than acceptance',
      [
        'WhatsApp: accepted 10:00:00, EUR 0.0355 billed.',
        'SMS: not needed, since WhatsApp was accepted, which is what it waits for.',
        'Succeeded at 10:00:00; WhatsApp was accepted at 10:00:00, which is what it waits for; EUR 0.0355 billed.',
      ],
    ],
    [
      'a passing failure is tried again',
      [
        'WhatsApp: refused, because the provider asked us to slow down, so it was tried again; refused, because the provider asked us to slow down, so SMS was sent.',
        'SMS: accepted 10:00:00, delivered 10:00:00, EUR 0.0355 billed.',
        'Succeeded at 10:00:00; SMS reached the person at 10:00:00; EUR 0.0355 billed.',
      ],
    ],
    [
      'a step may try again after a failure',
      [
        'WhatsApp: accepted 10:00:00, undelivered, because the person could not be reached there, so it was tried again; accepted 10:00:00, undelivered, because the person could not be reached there, so SMS was sent, EUR 0.071 billed.',
        'SMS: accepted 10:00:00, delivered 10:00:00, EUR 0.0355 billed.',
        'Succeeded at 10:00:00; SMS reached the person at 10:00:00; EUR 0.1065 billed.',
      ],
    ],
    [
      'a step may stop the flow',
      [
        'WhatsApp: accepted 10:00:00, undelivered, because the person blocks us, and the flow stopped there, EUR 0.0355 billed.',
        'SMS: not sent, because the flow had stopped: the person blocks us.',
        'Failed at 10:00:00, because the person blocks us; nobody was reached; EUR 0.0355 billed.',
      ],
    ],
    [
      'a flow that requires consent',
      [
        'E-mail: not sent, because the person has not consented.',
        'SMS: not sent, because the person has not consented.',
        'Failed at 10:00:00, because the person has not consented; nobody was reached; nothing was billed.',
      ],
    ],
    [
      'a late success of an earlier step ends the ladder',
      [
        'WhatsApp: accepted 10:00:00, no receipt by 10:00:01, so SMS was sent; the WhatsApp receipt came late at 10:00:01, EUR 0.0355 billed.',
        'SMS: accepted 10:00:01, then it was no longer waited for, EUR 0.0355 billed.',
        'E-mail: not needed, since WhatsApp reached the person.',
        'Succeeded at 10:00:01; WhatsApp reached the person at 10:00:01, which was told late; EUR 0.071 billed.',
      ],
    ],
    [
      'a late failure',
      [
        'WhatsApp: accepted 10:00:00, no receipt by 10:00:01, so SMS was sent; later it was undelivered, because the person could not be reached there, EUR 0.0355 billed.',
        'SMS: accepted 10:00:01, delivered 10:00:01, EUR 0.0355 billed.',
        'Succeeded at 10:00:01; SMS reached the person at 10:00:01; EUR 0.071 billed.',
      ],
    ],
    [
      'a send that nobody answered',
      [
        'WhatsApp: the send was never answered, so the provider may have it, no receipt by 10:00:01, so SMS was sent.',
        'SMS: accepted 10:00:01, delivered 10:00:02; it was sent while an earlier message might still arrive, EUR 0.0355 billed.',
        'Succeeded at 10:00:02; SMS reached the person at 10:00:02; EUR 0.0355 billed.',
      ],
    ],
    [
      'a message is taken back',
      [
        'RCS: accepted 10:00:00, no receipt by 10:00:01, taken back, so SMS was sent, EUR 0.0355 billed.',
        'SMS: accepted 10:00:01, delivered 10:00:01, EUR 0.0355 billed.',
        'Succeeded at 10:00:01; SMS reached the person at 10:00:01; EUR 0.071 billed.',
      ],
    ],
    [
      'an invocation ends as expired',
      [
        'WhatsApp: accepted 10:00:00, then the invocation expired, EUR 0.0355 billed.',
        'SMS: not sent, because the invocation expired.',
        'Expired at 10:00:01, as its time to live was over; nobody was reached; EUR 0.0355 billed.',
      ],
    ],
    [
      'a step that would pass the budget is skipped',
      [
        'WhatsApp: accepted 10:00:00, no receipt by 10:00:01, so the ladder went on to SMS, EUR 0.0355 billed.',
        'SMS: not sent, because it would have passed the budget.',
        'E-mail: accepted 10:00:01, delivered 10:00:01, EUR 0.0005 billed.',
        'Succeeded at 10:00:01; E-mail reached the person at 10:00:01; EUR 0.036 billed.',
      ],
    ],
    [
      'a step that would pass the budget stops',
      [
        'WhatsApp: accepted 10:00:00, no receipt by 10:00:01, and the flow stopped there, EUR 0.0355 billed.',
        'SMS: not sent, because the budget would have been passed.',
        'E-mail: not sent, because the budget would have been passed.',
        'Failed at 10:00:01, because the next message would have passed the budget; nobody was reached; EUR 0.0355 billed.',
      ],
    ],
    [
      'a cancel stops what',
      [
        'WhatsApp: accepted 10:00:00, then the invocation was cancelled, EUR 0.0355 billed.',
        'SMS: not sent, because the invocation was cancelled.',
        'Cancelled at 10:00:00 by the customer; nobody was reached; EUR 0.0355 billed.',
      ],
    ],
    [
      'a complete ends',
      [
        'WhatsApp: accepted 10:00:00, then it was no longer waited for, EUR 0.0355 billed.',
        'SMS: not needed, since the customer said that it was done.',
        'Succeeded at 10:00:00, as the customer said that it was done; nobody is known to have been reached; EUR 0.0355 billed.',
      ],
    ],
    [
      'a cancel before the scheduled start',
      [
        'WhatsApp: scheduled for 10:01:00, then the invocation was cancelled.',
        'SMS: not sent, because the invocation was cancelled.',
        'Cancelled at 10:00:00 by the customer; nobody was reached; nothing was billed.',
      ],
    ],
    [
      'a message held back by quiet hours is sent',
      [
        'E-mail: held back by quiet hours until 11:00:00, accepted 11:00:00, delivered 11:00:00, EUR 0.0005 billed.',
        'Succeeded at 11:00:00; E-mail reached the person at 11:00:00; EUR 0.0005 billed.',
      ],
    ],
    [
      'where any branch is enough',
      [
        '“both”: 2 branches side by side, one of them was to reach the person, and so it was.',
        'SMS: accepted 10:00:00, delivered 10:00:00, EUR 0.0355 billed.',
        'E-mail: accepted 10:00:00, then it was no longer waited for; the E-mail receipt came at 10:00:00, delivered twice, EUR 0.036 billed, 0.0005 of it needlessly.',
        'Succeeded at 10:00:00; SMS reached the person at 10:00:00; delivered twice, again by E-mail; EUR 0.036 billed, 0.0005 of it needlessly.',
      ],
    ],
    [
      'a parallel step is left at its own deadline',
      [
        '“both”: 2 branches side by side, one of them was to reach the person, and by 10:00:01 it had not come to that.',
        'SMS: accepted 10:00:00, then it was no longer waited for, EUR 0.0355 billed.',
        'E-mail: accepted 10:00:00, then it was no longer waited for, EUR 0.0005 billed.',
        'Push: accepted 10:00:01, delivered 10:00:01, EUR 0.0005 billed.',
        'Succeeded at 10:00:01; Push reached the person at 10:00:01; EUR 0.0365 billed.',
      ],
    ],
    [
      'a parallel step that requires all fails',
      [
        '“both”: 2 branches side by side, all of them were to reach the person; it failed, because the person could not be reached there.',
        'SMS: accepted 10:00:00, undelivered, because the person could not be reached there, so Push was sent, EUR 0.0355 billed.',
        'E-mail: accepted 10:00:00, then it was no longer waited for, EUR 0.0005 billed.',
        'Push: accepted 10:00:00, delivered 10:00:00, EUR 0.0005 billed.',
        'Succeeded at 10:00:00; Push reached the person at 10:00:00; EUR 0.0365 billed.',
      ],
    ],
  ])('%s', async (title, expected) => {
    expect(await told(title)).toEqual(expected);
  });

  test('a gate that held it back', () => {
    expect(sentences(play([step('whatsapp'), step('sms')], {}, { whatsapp: 'online' }))).toEqual([
      'WhatsApp: not sent, because the person is online in the app.',
      'SMS: accepted 10:00:00, delivered 10:00:00, EUR 0.0355 billed.',
      'Succeeded at 10:00:00; SMS reached the person at 10:00:00; EUR 0.0355 billed.',
    ]);
  });

  test('a provider that another one stood in for', () => {
    const world = newWorld(liveLadder(flow([step('sms', { provider: ['twilio', 'solapi'] })])));
    take(world, {
      ...{ type: 'SendRejected', step: 'sms', attempt: 1, reason: 'provider_unavailable' },
      ...{ code: '503', retryAfterMs: null },
    });
    take(world, { type: 'SendAccepted', step: 'sms', attempt: 2, providerMessageId: 'M1', costMicros: 12_000 });
    expect(sentences(world)).toEqual([
      'SMS: refused, because the provider was away (503), so solapi took over; accepted 10:00:00, waiting until 10:00:01, EUR 0.012 billed.',
      'Running since 10:00:00, waiting for SMS; nobody was reached; EUR 0.012 billed.',
    ]);
  });

  test.each<[string, 'delivered' | null, string]>([
    ['knew', 'delivered', 'SMS: accepted 10:00:00, asked about 10:00:01, delivered 10:00:01, EUR 0.0355 billed.'],
    [
      'knew nothing',
      null,
      'SMS: accepted 10:00:00, no receipt by 10:00:01 even when twilio was asked, and nothing was left to try, EUR 0.0355 billed.',
    ],
  ])('a provider that was asked when the time was over, and %s', (_title, status, expected) => {
    const world = newWorld(liveLadder(flow([step('sms', { provider: 'twilio' })])));
    take(world, { type: 'SendAccepted', step: 'sms', attempt: 1, providerMessageId: 'M1', costMicros: 35_500 });
    world.now += 1_000;
    take(world, { type: 'TimerFired' });
    const news = status === null ? {} : { news: { status, reason: null, code: null, at: null } };
    const outcome = { known: 'yes' as const, providerMessageId: 'M1', costMicros: null, ...news };
    take(world, { type: 'LookupAnswered', step: 'sms', attempt: 1, outcome });
    expect(sentences(world)[0]).toBe(expected);
  });

  test('what waits, and what has not begun, on another day too', () => {
    const world = newWorld(testLadder(flow([step('whatsapp', { timeoutSeconds: 86_400 }), step('sms')])));
    expect(sentences(world)).toEqual([
      'WhatsApp: requested 10:00:00.',
      'SMS: its turn has not come.',
      'Running since 10:00:00, waiting for WhatsApp; nobody was reached; nothing was billed.',
    ]);
    take(world, { type: 'SendAccepted', step: 'whatsapp', attempt: 1, providerMessageId: null, costMicros: 0 });
    expect(sentences(world)[0]).toBe('WhatsApp: accepted 10:00:00, waiting until 2026-11-22 10:00:00.');
  });

  test('what no engine has come to yet', () => {
    const state = initialState(testLadder(flow([step('sms')])));
    expect(sentences({ state, events: [] })).toEqual([
      'SMS: its turn has not come.',
      'Running: accepted, and not begun yet; nobody was reached; nothing was billed.',
    ]);
  });

  test('steps of one channel are told apart by their names', () => {
    const steps = [step('sms', { name: 'first' }), step('sms', { name: 'second' })];
    expect(sentences(play(steps, { first: 'reject:landline' }))).toEqual([
      'SMS “first”: refused, because the number is a landline, so SMS “second” was sent.',
      'SMS “second”: accepted 10:00:00, delivered 10:00:00, EUR 0.0355 billed.',
      'Succeeded at 10:00:00; SMS “second” reached the person at 10:00:00; EUR 0.0355 billed.',
    ]);
  });

  test('a third delivery counts all three', () => {
    const steps = [step('whatsapp'), step('sms'), step('email')];
    const late = { whatsapp: 'delivered@5s', sms: 'delivered@5s', email: 'delivered@500ms' };
    const [whatsapp, sms, email] = sentences(play(steps, late));
    expect(whatsapp).toContain('delivered twice, EUR 0.036 billed, 0.0355 of it needlessly');
    expect(sms).toContain('delivered 3 times, EUR 0.0715 billed, 0.071 of it needlessly');
    expect(email).toBe('E-mail: accepted 10:00:02, delivered 10:00:02, EUR 0.0005 billed.');
  });

  test('where a branch of several steps goes on, a parallel step is told with its branches', () => {
    const run = play([parallel('any', [[step('sms'), step('push')], [step('email')]])], {
      sms: 'silent',
      email: 'silent',
    });
    expect(verdictsOf(run.state, run.events).map(({ step, channel }) => [step, channel])).toEqual([
      ['both', null],
      ['sms', 'sms'],
      ['push', 'push'],
      ['email', 'email'],
    ]);
  });
});

const REACHED = new Set(['delivered', 'read', 'clicked', 'replied']);
const QUOTED = /“[^”]*”/g;

/** What is wrong with the sentences of a run, in words. */
function complaints(state: State, world: Pick<World, 'events'>): string[] {
  const found: string[] = [];
  const view = invocationView(state, { id: 'inv_1', externalId: null, metadata: null, createdAt: START_AT });
  const verdicts = verdictsOf(state, world.events);
  const summary = summaryOf(state, world.events);
  for (const text of [...verdicts.map(({ sentence }) => sentence), summary]) {
    if (!/^\S.*\S\.$/.test(text) || text.includes('..') || /: [.,;]|, ,|undefined|null|NaN/.test(text))
      found.push(`form: ${text}`);
    if (/@|\+?\d{7,}/.test(text)) found.push(`an address: ${text}`);
  }
  for (const [index, verdict] of verdicts.entries()) {
    const plain = verdict.sentence.replace(QUOTED, '');
    const attempts = view.attempts.filter(({ step }) => step === verdict.step);
    const says = (words: RegExp) => words.test(plain);
    if (!STEP_OUTCOMES.includes(verdict.outcome)) found.push(`outcome: ${verdict.outcome}`);
    if (says(/\b(delivered|read|clicked|replied)\b/) && !attempts.some(({ status }) => REACHED.has(status)))
      found.push(`says delivered: ${verdict.sentence}`);
    if (says(/\btwice|\d+ times/) !== attempts.some(({ duplicate }) => duplicate))
      found.push(`twice: ${verdict.sentence}`);
    if (says(/ receipt came (late )?at /) !== attempts.some(({ late }) => late))
      found.push(`late: ${verdict.sentence}`);
    if (
      (verdict.outcome === 'late') !==
      (attempts.some(({ late }) => late) && stepAt(state, index).phase !== 'succeeded')
    )
      found.push(`outcome late: ${verdict.sentence}`);
    const cost = attempts.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0);
    if (says(/ billed/) !== cost > 0 && !attempts.some(({ duplicate }) => duplicate))
      found.push(`billed: ${verdict.sentence}`);
  }
  if (!summary.toLowerCase().startsWith(view.status)) found.push(`status: ${summary}`);
  if (/needlessly/.test(summary) !== (view.costTwiceMicros ?? 0) > 0) found.push(`needlessly: ${summary}`);
  const first = state.ladder.rungs.find(({ name }) => name === view.reachedStep);
  if (first && !summary.includes(namesIn(state)(first))) found.push(`who: ${summary}`);
  if (!first && / reached the person/.test(summary)) found.push(`nobody: ${summary}`);
  return found;
}

test('whatever happens, no sentence is empty, contradicts the view, or holds an address', () => {
  const story = fc.tuple(fc.constantFrom(...LADDERS), fc.array(move, { maxLength: 60 }));
  fc.assert(
    fc.property(story, ([ladder, moves]) => {
      const world = newWorld(ladder);
      for (const one of moves) {
        make(world, one);
        expect(complaints(world.state, world)).toEqual([]);
      }
      settle(world);
      expect(complaints(world.state, world)).toEqual([]);
      // Once the history is gone, the state still tells.
      expect(complaints(world.state, { events: [] }).filter((one) => !one.startsWith('status'))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('what is said to be delivered more than once was delivered each time', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LADDERS), fc.array(move, { maxLength: 40 }), (ladder, moves) => {
      const world = newWorld(ladder);
      for (const one of moves) make(world, one);
      const { state } = world;
      for (const { sentence, step } of verdictsOf(state, world.events)) {
        if (!/delivered (twice|\d+ times)/.test(sentence)) continue;
        const rung = ladder.rungs.find(({ name }) => name === step);
        if (rung?.kind !== 'send') throw new Error(step);
        const twice = stepAt(state, rung.index).attempts.filter((one) => isDuplicate(state, rung, one));
        expect(twice.every((one) => meets(successOf(one), 'delivered'))).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});
