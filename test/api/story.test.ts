import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { composeProjector } from '../../cli/house/projection';
import { type Story, storySchema } from '../../schemas/story';
import { HOUSE_SECRET } from '../support/house';
import { type ApiUnderTest, expectProblem, INVOKE, must, PERSON, publishOtp, startApi } from './api-under-test';

const meets = addFormats(new Ajv({ strict: false })).compile(storySchema);

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

async function start(sandbox: Record<string, string>, key: string = api.keys.test): Promise<string> {
  return (await must(api.call('POST', INVOKE, { body: { ...PERSON, sandbox }, key }), 202)).body.id;
}

/** The story once it has come to that. */
async function storyOf(id: string, holds: (story: Story) => boolean, key?: string): Promise<Story> {
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await must(api.call('GET', `/v1/invocations/${id}/story`, { key }), 200);
    if (!meets(body)) throw new Error(JSON.stringify(meets.errors));
    if (holds(body)) return body;
    await pause(10);
  }
  throw new Error('it did not come to that within 5 s');
}

const receipt = (body: object) => must(api.call('POST', '/v1/receipts', { body, key: api.keys.owner }), 202);

test('a run that fell back tells it all: verdicts, events, and each receipt with what it did', async () => {
  // WhatsApp’s second comes late, and again; the SMS is told twice.
  const id = await start({ whatsapp: 'delivered@1400ms x2', sms: 'sent@20ms,delivered@50ms x2' });
  const story = await storyOf(id, ({ receipts }) => receipts.length === 5);
  expect(story.invocation).toMatchObject({ id, status: 'succeeded', duplicate: true, costTwiceMicros: 35_500 });
  expect(story.receipts.map(({ step, attempt, status, effect }) => [step, attempt, status, effect])).toEqual([
    ['sms', 1, 'sent', 'recorded'],
    ['sms', 1, 'delivered', 'recorded'],
    ['sms', 1, 'delivered', 'ignored'],
    ['whatsapp', 1, 'delivered', 'late'],
    ['whatsapp', 1, 'delivered', 'ignored'],
  ]);
  const [whatsapp, sms] = story.verdicts;
  expect(whatsapp?.outcome).toBe('late');
  expect(whatsapp?.sentence).toMatch(
    /^WhatsApp: accepted [\d:]{8}, no receipt by [\d:]{8}, so SMS was sent; the WhatsApp receipt came at [\d:]{8}, delivered twice, EUR 0\.071 billed, 0\.0355 of it needlessly\.$/,
  );
  expect(sms).toMatchObject({ step: 'sms', channel: 'sms', outcome: 'succeeded' });
  expect(story.summary).toMatch(/^Succeeded at .*delivered twice, again by WhatsApp; EUR 0\.071 billed, 0\.0355 of it/);
  const events = (await api.call('GET', `/v1/invocations/${id}/events`)).body.items;
  expect(story.events).toEqual(events);
  expect(story.callbacks).toEqual([]);
});

test('and whom it was told: each callback with every attempt to make it', async () => {
  const id = await start({});
  const { deliveries } = api.house.api.store;
  const at = Date.parse('2026-11-21T10:00:00.000Z');
  const delivery = { profileId: 'cbp_main', invocationId: id, type: 'invocation.started', mode: 'test' } as const;
  await deliveries.add([
    { ...delivery, id: `msg_${id}_1`, seq: 1, createdAt: at, body: '{"secret":"body"}', held: false },
    { ...delivery, id: `msg_${id}_2`, seq: 4, createdAt: at + 5, body: '{}', held: true },
  ]);
  const tried = { at: at + 10, durationMs: 42, responseCode: 503, error: 'it answered 503', response: 'away' };
  await deliveries.settle(`msg_${id}_1`, tried, { status: 'pending', dueAt: at + 5_000 }, at + 52);
  // Endpoints are none of an invoker's business.
  expect((await storyOf(id, () => true, api.keys.test)).callbacks).toEqual([]);
  const { callbacks } = await storyOf(id, () => true);
  expect(callbacks).toEqual([
    {
      ...{ id: `msg_${id}_1`, profileId: 'cbp_main', type: 'invocation.started', status: 'pending' },
      createdAt: '2026-11-21T10:00:00.000Z',
      attempts: [{ at: '2026-11-21T10:00:00.010Z', responseCode: 503, durationMs: 42, error: 'it answered 503' }],
    },
    {
      ...{ id: `msg_${id}_2`, profileId: 'cbp_main', type: 'invocation.started', status: 'failed' },
      ...{ createdAt: '2026-11-21T10:00:00.005Z', attempts: [] },
    },
  ]);
});

test('the provider’s own body is for owners alone: whoever sees only its own runs is not given it', async () => {
  const id = await start({ whatsapp: 'silent' });
  const raw = { MessageStatus: 'delivered', To: 'whatsapp:+393351234567' };
  await storyOf(id, ({ invocation }) => invocation.attempts[0]?.status === 'accepted');
  await receipt({ invocationId: id, step: 'whatsapp', status: 'delivered', raw });
  const own = await storyOf(id, ({ receipts }) => receipts.length === 1, api.keys.test);
  expect(own.receipts[0]).toMatchObject({ status: 'delivered', effect: 'recorded', raw: null });
  expect(JSON.stringify(own)).not.toContain('3351234567');
  const owners = await storyOf(id, () => true, api.keys.owner);
  expect(owners.receipts[0]?.raw).toEqual(raw);
});

test('a story is nobody else’s', async () => {
  const id = await start({});
  expectProblem(await api.call('GET', `/v1/invocations/${id}/story`, { key: api.keys.otherTest }), 404);
  expectProblem(await api.call('GET', `/v1/invocations/${id}/story`, { key: api.keys.gateway }), 403);
  expectProblem(await api.call('GET', '/v1/invocations/inv_00000000000000000000000000/story'), 404);
});

test('no body of a provider can be read in the data folder, nor in a dead letter there', async () => {
  const marks = ['+393471112233', 'anna.body@example.com', 'dead-body-4711@example.com'];
  const id = await start({ whatsapp: 'silent' });
  await storyOf(id, ({ invocation }) => invocation.attempts[0]?.status === 'accepted');
  await receipt({ invocationId: id, step: 'whatsapp', status: 'sent', raw: { to: marks[0], mail: marks[1] } });
  const forged = {
    ref: 'inv_00000000000000000000000000.0.1.AAAAAAAAAAAAAAAAAAAAAA',
    status: 'sent',
    raw: { to: marks[2] },
  };
  // Written past the door, as a producer of a log of its own may.
  await api.house.log.append('onward.receipts', [{ key: 'some-producer', value: JSON.stringify(forged) }]);
  await storyOf(id, ({ receipts }) => receipts.length === 1);
  const dead = async () => (await api.house.log.read('onward.receipts.dead', 0, 0, 10)).map(({ value }) => value);
  for (let tries = 0; tries < 300 && (await dead()).length === 0; tries++) await pause(10);
  expect((await dead()).join()).toContain(marks[2]);
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  while (await projector.step());
  await projector.close();

  const { folder } = api.house;
  const files = readdirSync(folder).map((name) => ({
    name,
    text: readFileSync(join(folder, name)).toString('latin1'),
  }));
  expect(files.some(({ text }) => text.includes(id))).toBe(true);
  const readable = [...marks, '3351234567'].flatMap((mark) => {
    return files.filter(({ text }) => text.includes(mark)).map(({ name }) => `${name} ${mark}`);
  });
  expect(readable).toEqual([]);
});

test('what was consumed is let go by the log, and stays kept with its run', async () => {
  const id = await start({ whatsapp: 'silent' });
  await storyOf(id, ({ invocation }) => invocation.attempts[0]?.status === 'accepted');
  for (let n = 0; n < 20; n++) await receipt({ invocationId: id, step: 'whatsapp', status: 'sent', code: `c${n}` });
  await storyOf(id, ({ receipts }) => receipts.length === 20);
  const rows = () => api.house.group.db.prepare('SELECT count(*) AS n FROM receipts').get([]) as { n: number };
  for (let tries = 0; tries < 300 && rows().n > 1; tries++) await pause(10);
  expect(rows().n).toBe(1);
  await storyOf(id, ({ receipts }) => receipts.length === 20);
});
