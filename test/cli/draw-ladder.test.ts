import { drawLadder } from '../../cli/draw-ladder';
import { loadExamples } from '../../examples/load';
import type { WireEvent } from '../../schemas/event';
import type { FlowDefinition } from '../../schemas/flow';
import type { InvocationView } from '../../schemas/invocation';
import { STARTED_AT, simulated } from '../support/simulated';

const WIDTH = 80;

function example(folder: string): FlowDefinition {
  const found = loadExamples().find((candidate) => candidate.folder === folder);
  if (!found) throw new Error(`no example ${folder}`);
  const { workflowId: _, ...definition } = found.flow;
  return definition;
}

function draw(run: { view: InvocationView; events: WireEvent[] }, width = WIDTH): string {
  return `\n${drawLadder(run.view, run.events, width, false)}\n`;
}

test('a run that fell back shows the deadline, the next step, and why', () => {
  expect(draw(simulated(example('otp'), { whatsapp: 'silent', sms: 'delivered@4s' }))).toBe(`
inv_01J  wf_otp version 1  test
succeeded: sms reached the person after 34 s. It cost 0.071 EUR.

           0                   10 s                20 s                30 s
whatsapp   ▸━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┃
accepted   WhatsApp: accepted 10:00:00, no receipt by 10:00:30, so “sms” was
           sent.
sms                                                                    ▸━━━━━━━●
delivered  SMS: accepted 10:00:30, delivered 10:00:34.

▸ sent   ● success   ┃ deadline   ━ waiting for the receipt
`);
});

test('late receipts are ghosts, and the double reach is said with its price', () => {
  expect(draw(simulated(example('otp'), { whatsapp: 'delivered@32s', sms: 'delivered@4s' }))).toBe(`
inv_01J  wf_otp version 1  test
succeeded: whatsapp reached the person after 32 s. It cost 0.071 EUR.
The person was reached twice; 0.0355 EUR was paid for that.

                 0                 10 s              20 s               30 s
whatsapp         ▸━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┃┄┄○
delivered, late  WhatsApp: accepted 10:00:00, no receipt by 10:00:30, so “sms”
                 was sent; the receipt came late at 10:00:32.
sms                                                                     ▸━━━━━━○
delivered, late  SMS: accepted 10:00:30, then it was no longer waited for; the
                 receipt came late at 10:00:34, so the person was reached twice.

▸ sent   ┃ deadline   ○ late receipt   ━ waiting for the receipt
┄ already left
`);
});

test('a definitive failure goes on at once, and receipts on the way are marked', () => {
  const scripts = { whatsapp: 'sent@1s,undelivered:unreachable@2s', sms: 'accept@2s,sent@4s,delivered@5s' };
  expect(draw(simulated(example('otp'), scripts), 100)).toBe(`
inv_01J  wf_otp version 1  test
succeeded: sms reached the person after 9 s. It cost 0.071 EUR.

             0                  2 s                4 s                6 s                8 s
whatsapp     ▸━━━━━━━━━•━━━━━━━━×
undelivered  WhatsApp: accepted 10:00:00, undelivered, because the person could not be reached
             there, so “sms” was sent.
sms                             ▸──────────────────━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━•━━━━━━━━━●
delivered    SMS: accepted 10:00:04, delivered 10:00:09.

▸ sent   • receipt   ● success   × failure   ─ sending   ━ waiting for the receipt
`);
});

test('branches that run side by side stand on one axis', () => {
  expect(draw(simulated(example('alert'), { push: 'silent', sms: 'delivered@8s', email: 'delivered@10s' }))).toBe(`
inv_01J  wf_otp version 1  test
succeeded: sms reached the person after 13 s. It cost 0.0365 EUR.
The person was reached twice; 0.0005 EUR was paid for that.

                 0                    5 s                 10 s
push             ▸━━━━━━━━━━━━━━━━━━━━┃
accepted         Push: accepted 10:00:00, no receipt by 10:00:05, so the ladder
                 went on to “sms and email”.
sms                                   ▸━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━●
delivered        SMS: accepted 10:00:05, delivered 10:00:13.
email                                 ▸━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━○
delivered, late  E-mail: accepted 10:00:05, then it was no longer waited for;
                 the receipt came late at 10:00:15, so the person was reached
                 twice.

▸ sent   ● success   ┃ deadline   ○ late receipt   ━ waiting for the receipt
`);
});

test('a retry is a row of its own, and an unanswered send waits out its deadline', () => {
  const flow: FlowDefinition = {
    name: 'x',
    purpose: 'otp',
    steps: [
      {
        name: 'whatsapp',
        channel: 'whatsapp',
        template: 'tpl_x',
        timeoutSeconds: 30,
      },
      { name: 'sms', channel: 'sms', template: 'tpl_x', timeoutSeconds: 30 },
    ],
  };
  expect(draw(simulated(flow, { whatsapp: 'reject:provider_unavailable', sms: 'hang' }))).toBe(`
inv_01J  wf_otp version 1  test
failed after 55.5 s. It cost 0 EUR.

             0           10 s        20 s        30 s        40 s       50 s
whatsapp     ▸×
rejected     WhatsApp: refused, because the provider was away, so it was tried
             again.
whatsapp #2  ·▸×
rejected     WhatsApp: refused, because the provider was away, so it was tried
             again.
whatsapp #3   ·▸×
rejected     WhatsApp: refused, because the provider was away, so it was tried
             again.
whatsapp #4    ··▸×
rejected     WhatsApp: refused, because the provider was away, so it was tried
             again.
whatsapp #5      ·····▸×
rejected     WhatsApp: refused, because the provider was away, so it was tried
             again.
whatsapp #6           ·········▸×
rejected     WhatsApp: refused, because the provider was away, so “sms” was
             sent.
sms                            ▸───────────━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┃
uncertain    SMS: the send was never answered, so the provider may have it, no
             receipt by 10:00:55, and nothing was left to try.

▸ sent   × failure   ┃ deadline   · held back   ─ sending
━ waiting for the receipt
`);
});

test('quiet hours are drawn as time held back', () => {
  const startAt = Date.parse('2026-11-21T22:00:00.000Z');
  const run = simulated(example('marketing'), {}, { startAt, timezone: 'Europe/Rome', unaddressable: ['whatsapp'] });
  run.view.createdAt = new Date(startAt).toISOString();
  expect(draw(run)).toBe(`
inv_01J  wf_otp version 1  test
succeeded: email reached the person after 10 h. It cost 0.0005 EUR.

           0             2 h          4 h           6 h          8 h
whatsapp
skipped    WhatsApp: not sent, because the recipient has no address for it.
email      ···································································▸●
delivered  E-mail: accepted 2026-11-22 08:00:00, delivered 2026-11-22 08:00:00.

▸ sent   ● success   · held back   ━ waiting for the receipt
`);
});

test('a run under way shows how long it may still wait', () => {
  const { view, events } = simulated(example('otp'), { whatsapp: 'silent', sms: 'delivered@4s' });
  const deadlineAt = new Date(STARTED_AT + 30_000).toISOString();
  const [whatsapp] = view.attempts;
  if (!whatsapp) throw new Error('the run has an attempt');
  const attempts = [{ ...whatsapp, deadlineAt, finalAt: null, why: 'WhatsApp: accepted, waiting.' }];
  const running: InvocationView = {
    ...view,
    status: 'running',
    endedAt: null,
    reachedStep: null,
    costMicros: 35_500,
    attempts,
  };
  expect(draw({ view: running, events: events.filter(({ at }) => Date.parse(at) < STARTED_AT + 1000) })).toBe(`
inv_01J  wf_otp version 1  test
running. It cost 0.0355 EUR so far.

          0           5 s        10 s        15 s       20 s        25 s
whatsapp  ▸┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
accepted  WhatsApp: accepted, waiting.

▸ sent   ┈ until the deadline
`);
});

test('marks that fall on one column stay apart and in order', () => {
  const run = simulated(example('otp'), { whatsapp: 'silent', sms: 'sent@1ms,delivered@2ms' });
  const row = draw(run)
    .split('\n')
    .find((line) => line.startsWith('sms'));
  expect(row).toMatch(/▸•●$/);
  expect(row).toHaveLength(WIDTH);
});

test('no line is wider than the terminal, down to 40 columns', () => {
  const scripts = { push: 'silent', sms: 'delivered@8s', email: 'delivered@10s' };
  for (const width of [40, 57, 80, 133]) {
    const lines = draw(simulated(example('alert'), scripts), width).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  }
});

test('colour changes the looks and not a letter', () => {
  const { view, events } = simulated(example('otp'), { whatsapp: 'delivered@32s', sms: 'delivered@4s' });
  const colored = drawLadder(view, events, WIDTH, true);
  expect(colored).toContain('\u001b[32m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is taken out.
  expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(drawLadder(view, events, WIDTH, false));
});
