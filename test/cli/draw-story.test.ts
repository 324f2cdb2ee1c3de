import { drawStory } from '../../cli/draw-story';
import { simulate } from '../../core/simulate';
import { type CameReceipt, storyReceipts } from '../../core/story-receipts';
import { summaryOf, verdictsOf } from '../../core/verdict';
import { invocationView } from '../../core/view';
import type { Story } from '../../schemas/story';
import { START_AT, scriptsOf, testLadder } from '../scenarios/run-on-core';
import { flow, step } from '../scenarios/scenario';
import { CannedServer } from '../support/canned-server';
import { runVerb } from '../support/run-verb';

const RECEIPT = { invocationId: 'inv_1', step: 'whatsapp', status: 'delivered', provider: 'sandbox' } as const;
const CAME: CameReceipt[] = [
  { takenAt: START_AT + 2_000, receipt: RECEIPT },
  { takenAt: START_AT + 2_100, receipt: { ...RECEIPT, providerMessageId: 'SM1' } },
];

function story(): Story {
  const ladder = testLadder(flow([step('whatsapp'), step('sms')]));
  const scripts = scriptsOf({ whatsapp: 'delivered@2s', sms: 'delivered@400ms' });
  const { state, events } = simulate(ladder, scripts, { startAt: START_AT });
  return {
    recipient: null,
    invocation: invocationView(state, { id: 'inv_1', externalId: null, metadata: null, createdAt: START_AT }),
    summary: summaryOf(state, events),
    verdicts: verdictsOf(state, events),
    events: [],
    receipts: storyReceipts(state, events, CAME),
    callbacks: [
      {
        ...{ id: 'msg_1', profileId: 'cbp_main', type: 'invocation.succeeded', status: 'delivered' },
        createdAt: '2026-11-21T10:00:01.400Z',
        attempts: [
          { at: '2026-11-21T10:00:01.500Z', responseCode: 503, durationMs: 20, error: 'it answered 503' },
          { at: '2026-11-21T10:00:06.500Z', responseCode: 200, durationMs: 20, error: null },
        ],
      },
    ],
  } as Story;
}

const DRAWN = `
Succeeded at 10:00:01; SMS reached the person at 10:00:01; delivered twice, again by WhatsApp; EUR 0.071 billed, 0.0355 of it needlessly.
  WhatsApp: accepted 10:00:00, no receipt by 10:00:01, so SMS was sent; the WhatsApp receipt came at 10:00:02, delivered twice, EUR 0.071 billed, 0.0355 of it needlessly.
  SMS: accepted 10:00:01, delivered 10:00:01, EUR 0.0355 billed.

receipts
  10:00:02.000  delivered    whatsapp#1  late  by sandbox
  10:00:02.100  delivered    whatsapp  told nothing new  by sandbox SM1

callbacks
  10:00:01.400  invocation.succeeded  delivered  to cbp_main  503, 200`;

test('the story of a run: its verdicts, the receipts as they came, and whom it was told', () => {
  expect(drawStory(story(), false)).toBe(DRAWN);
});

test('what there is none of is left out', () => {
  const bare = drawStory({ ...story(), receipts: [], callbacks: [] }, false);
  expect(bare).not.toMatch(/receipts|callbacks\n/);
});

test('runs list asks for what its options say', async () => {
  const path = '/v1/invocations?limit=20&recipient=%2B393351234567&reachedChannel=sms&late=true&duplicate=true';
  const server = new CannedServer({ [`GET ${path}`]: { body: { items: [story().invocation], nextCursor: null } } });
  const env = { ONWARD_URL: await server.listen(), ONWARD_KEY: 'live_k' };
  const options = ['--recipient', '+393351234567', '--reached', 'sms', '--late', '--duplicate'];
  const listed = await runVerb(['runs', 'list', ...options], env);
  expect(listed).toMatchObject({ status: 0, err: '' });
  expect(listed.out).toContain('inv_1  2026-11-21T10:00:00.000Z  succeeded  wf_1 by sms');
  await server.close();
});

test('runs show draws the run and tells its story; as JSON it is the story alone', async () => {
  const server = new CannedServer({ 'GET /v1/invocations/inv_1/story': { body: story() } });
  const env = { ONWARD_URL: await server.listen(), ONWARD_KEY: 'live_k' };
  const drawn = await runVerb(['runs', 'show', 'inv_1'], env);
  expect(drawn).toMatchObject({ status: 0, err: '' });
  expect(drawn.out).toContain('▸ sent');
  expect(drawn.out.endsWith(DRAWN)).toBe(true);
  const json = await runVerb(['runs', 'show', 'inv_1', '--json'], env);
  expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify(story())));
  await server.close();
});
