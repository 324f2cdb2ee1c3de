import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FINAL_STATUSES } from '../../schemas/vocabulary';
import { type Instance, startInstance } from '../support/instance';
import { type Asked, ended, forAll, getJson, invoke, invokeUntil, publishFlow } from '../support/load';

const KILLS = 50;
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const SCRIPTS = [
  'delivered@5ms',
  'delivered@80ms x2',
  'undelivered:unreachable@10ms',
  'silent',
  'early:delivered',
  'reject:blocked',
  'reject:rate_limited',
  'accept@30ms, sent@40ms, delivered@60ms',
  'hang',
];

const FLOW = {
  name: 'crash',
  workflowId: 'wf_crash',
  purpose: 'otp',
  variables: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } },
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_otp_wa', timeoutSeconds: 1 },
    { name: 'sms', channel: 'sms', template: 'tpl_otp_sms', timeoutSeconds: 1 },
  ],
};

/** Mulberry32: the same seed kills at the same moments, as far as the machine allows. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const folder = mkdtempSync(join(tmpdir(), 'onward-crash-'));
const keys = { ownerKey: 'live_crash_test_owner', testKey: 'test_crash_test_invoker' };
const env = { ONWARD_SEND_TIMEOUT_SECONDS: '1' };
let instance: Instance;
const asked: Asked[] = [];

const start = () => startInstance({ dataFolder: folder, env, ...keys });

/** Killed again and again at random moments under load; then left alone until every run has ended. */
beforeAll(async () => {
  const next = random(SEED);
  const pick = () => SCRIPTS[Math.floor(next() * SCRIPTS.length)] ?? 'silent';
  const body = () => ({
    recipient: { id: `user-${Math.floor(next() * 1e9)}`, phone: `+3933${Math.floor(1e8 + next() * 8e8)}9` },
    variables: { code: '493021' },
    sandbox: { whatsapp: pick(), sms: pick() },
  });
  instance = await start();
  await publishFlow(instance, FLOW);
  for (let kill = 0; kill < KILLS; kill++) {
    let stopped = false;
    const load = invokeUntil(instance, 'wf_crash', {
      parallel: 16,
      stopped: () => stopped,
      body,
      name: `kill-${kill}`,
    });
    await pause(20 + next() * 300);
    await instance.kill();
    stopped = true;
    asked.push(...(await load));
    instance = await start();
  }
}, 240_000);

afterAll(async () => {
  await instance?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe(`killed ${KILLS} times under load (seed ${SEED})`, () => {
  test('every 202 is there and ends in one final status', async () => {
    const answered = asked.filter(({ id }) => id !== null);
    expect(answered.length).toBeGreaterThan(KILLS);
    await forAll(answered, 32, async ({ id }) => {
      const view = await ended(instance, id ?? '');
      expect(FINAL_STATUSES).toContain(view.status);
    });
  }, 120_000);

  test('the same key asked again gives the run it began, or begins it now', async () => {
    await forAll(asked, 16, async (entry) => {
      const id = await invoke(instance, 'wf_crash', entry);
      expect(id).toMatch(/^inv_/);
      if (entry.id !== null) expect(id).toBe(entry.id);
      entry.id = id;
    });
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
    await forAll(asked, 32, async ({ id }) => void (await ended(instance, id ?? '')));
  }, 120_000);

  test("the provider's own record shows no attempt twice but those that are marked uncertain", async () => {
    let sent = 0;
    const twice: string[] = [];
    await forAll(asked, 16, async ({ id }) => {
      const view = await getJson<{ attempts: { step: string; attempt: number; uncertain: boolean }[] }>(
        instance,
        `/v1/invocations/${id}`,
      );
      const received = await getJson<{ items: { step: string; attempt: number }[] }>(
        instance,
        `/v1/sandbox/messages?invocationId=${id}`,
      );
      const counts = new Map<string, number>();
      for (const { step, attempt } of received.items) {
        counts.set(`${step}#${attempt}`, (counts.get(`${step}#${attempt}`) ?? 0) + 1);
        sent++;
      }
      for (const { step, attempt, uncertain } of view.attempts) {
        const name = `${step}#${attempt}`;
        if (!uncertain && (counts.get(name) ?? 0) > 1) twice.push(`${id} ${name}`);
      }
      const known = new Set(view.attempts.map(({ step, attempt }) => `${step}#${attempt}`));
      for (const name of counts.keys()) expect(known).toContain(name);
    });
    expect(twice).toEqual([]);
    expect(sent).toBeGreaterThan(asked.length / 2);
  }, 120_000);

  test('the history of every run is numbered without a gap', async () => {
    await forAll(asked, 16, async ({ id }) => {
      const { items } = await getJson<{ items: { seq: number }[] }>(instance, `/v1/invocations/${id}/events?limit=200`);
      expect(items.map(({ seq }) => seq)).toEqual(items.map((_, n) => n + 1));
    });
  }, 120_000);
});
