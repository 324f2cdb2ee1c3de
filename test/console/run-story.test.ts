import { curlOf } from '../../console/pages/runs/curl';
import { outcomesOf, simulatorLink } from '../../console/pages/runs/outcomes';
import { placeOf, ticksOf, timelineOf } from '../../console/parts/timeline-rows';
import { CLAUSES, clausesOf } from '../../console/parts/told';
import type { Event } from '../../core/event';
import { simulate } from '../../core/simulate';
import type { State } from '../../core/state';
import { summaryOf, verdictsOf } from '../../core/verdict';
import { invocationView } from '../../core/view';
import { toWire } from '../../core/wire';
import type { FlowDefinition } from '../../schemas/flow';
import type { Story } from '../../schemas/story';
import { SCENARIOS } from '../scenarios/all';
import { runOnCore, START_AT, scriptsOf, testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';

const LADDER = [step('whatsapp', { timeoutSeconds: 30 }), step('sms', { timeoutSeconds: 120 })];
const META = { id: 'inv_1', externalId: 'order-77', metadata: { cart: "Ann's" }, createdAt: START_AT };

function storyOf({ state, events }: { state: State; events: readonly Event[] }): Story {
  return {
    invocation: invocationView(state, META),
    recipient: null,
    summary: summaryOf(state, events),
    verdicts: verdictsOf(state, events),
    events: events.map((event) => toWire(event, state.ladder)),
    receipts: [],
    callbacks: [],
  };
}

function play(sandbox: Record<string, string>, steps: Parameters<typeof flow>[0] = LADDER): Story {
  return storyOf(simulate(testLadder(flow(steps)), scriptsOf(sandbox), { startAt: START_AT }));
}

describe('what really happened, as scripts for the simulator', () => {
  test.each<[Record<string, string>, Record<string, string>]>([
    [{ whatsapp: 'delivered@2s' }, { whatsapp: 'delivered@2s' }],
    [{ whatsapp: 'silent' }, { whatsapp: 'silent', sms: 'delivered@100ms' }],
    [
      { whatsapp: 'undelivered:unreachable@1s', sms: 'reject:blocked' },
      { whatsapp: 'undelivered:unreachable@1s', sms: 'reject:blocked' },
    ],
    [{ whatsapp: 'hang' }, { whatsapp: 'hang', sms: 'delivered@100ms' }],
    [
      { whatsapp: 'accept@1s,delivered@129s', sms: 'sent@500ms,delivered@2s' },
      { whatsapp: 'accept@1s,delivered@129s', sms: 'sent@500ms,delivered@2s' },
    ],
  ])('%j', (sandbox, expected) => {
    const story = play(sandbox);
    expect(outcomesOf(story)).toEqual(expected);
    // Played again, they give the same run.
    expect(play(outcomesOf(story)).verdicts).toEqual(story.verdicts);
  });

  it('leave out what was never sent', () => {
    const story = storyOf(
      simulate(testLadder(flow(LADDER)), {}, { startAt: START_AT, blocked: { whatsapp: 'suppressed' } }),
    );
    expect(outcomesOf(story)).toEqual({ sms: 'delivered@100ms' });
  });

  it('are readable by the simulator whatever happened', async () => {
    for (const scenario of SCENARIOS) {
      const scripts = outcomesOf(storyOf(await runOnCore(scenario)));
      // Throws for a script that does not parse.
      expect(Object.keys(scriptsOf(scripts))).toEqual(Object.keys(scripts));
    }
  });

  it('stand in a link to the flow and its version', () => {
    const story = play({ whatsapp: 'accept@1s,delivered@129s', sms: 'reject:blocked' });
    const { pathname, searchParams } = new URL(simulatorLink(story), 'http://localhost');
    expect(pathname).toBe(`/flows/${story.invocation.workflowId}/simulate`);
    expect(searchParams.get('version')).toBe(String(story.invocation.flowVersion));
    expect(searchParams.get('outcomes')).toBe('whatsapp:accept@1s,delivered@129s;sms:reject:blocked');
  });
});

describe('the curl that would repeat it', () => {
  const definition = {
    variables: { type: 'object', properties: { code: { type: 'string' } } },
  } as unknown as FlowDefinition;

  it('names the key by its variable and no value of a variable, and survives an apostrophe', () => {
    const { invocation } = play({});
    const text = curlOf('http://localhost:8080', invocation, { phone: '+393351234567' }, definition);
    expect(text).toContain("'http://localhost:8080/v1/workflows/");
    expect(text).toContain('"api-key: $ONWARD_');
    const body = /-d '(.*)'$/.exec(text)?.[1]?.replaceAll("'\\''", "'") ?? '';
    expect(JSON.parse(body)).toEqual({
      recipient: { phone: '+393351234567' },
      variables: { code: '…' },
      externalId: 'order-77',
      metadata: { cart: "Ann's" },
    });
  });

  it('holds no address where the API shows none', () => {
    expect(curlOf('http://localhost', play({}).invocation, null, undefined)).toContain('"recipient":{"phone":"…"}');
  });
});

describe('the timeline', () => {
  it('shows sending, waiting, the deadline, and a late receipt as a ghost beyond it', () => {
    const { rows } = timelineOf(play({ whatsapp: 'accept@1s,delivered@33s', sms: 'delivered@2s' }), START_AT);
    const at = (ms: number) => START_AT + ms;
    expect(rows[0]).toMatchObject({ step: 'whatsapp', channel: 'whatsapp', outcome: 'late', depth: 0 });
    expect(rows[0]?.segments).toEqual([
      { attempt: 1, kind: 'sending', fromMs: at(0), toMs: at(1_000) },
      { attempt: 1, kind: 'waiting', fromMs: at(1_000), toMs: at(31_000) },
      { attempt: 1, kind: 'ghost', fromMs: at(31_000), toMs: at(34_000) },
    ]);
    expect(rows[0]?.marks).toEqual([
      { sign: 'deadline', atMs: at(31_000) },
      { sign: 'late', atMs: at(34_000) },
    ]);
    expect(rows[1]?.marks).toContainEqual({ sign: 'good', atMs: at(33_000) });
  });

  it('has retries as further parts of one bar', () => {
    const retried = step('sms', { timeoutSeconds: 120, retries: { attempts: 2 } } as never);
    const { rows } = timelineOf(play({ sms: 'reject:rate_limited' }, [retried]), START_AT);
    const attempts = new Set(rows[0]?.segments.filter(({ kind }) => kind === 'sending').map(({ attempt }) => attempt));
    expect(rows).toHaveLength(1);
    expect(attempts.size).toBeGreaterThan(1);
  });

  it('groups the branches of a parallel step', () => {
    const steps = [parallel('any', [[step('sms')], [step('email')]])] as unknown as Parameters<typeof flow>[0];
    const definition = flow(steps) as FlowDefinition;
    const { rows } = timelineOf(play({}, steps), START_AT, definition);
    expect(rows.map(({ step: name, depth, branch }) => [name, depth, branch])).toEqual([
      ['both', 0, null],
      ['sms', 1, 1],
      ['email', 1, 2],
    ]);
  });

  it('grows with the clock while the run goes on, and shows the time that is left', () => {
    const ended = play({ whatsapp: 'silent', sms: 'silent' });
    const story: Story = {
      ...ended,
      invocation: {
        ...ended.invocation,
        endedAt: null,
        status: 'running',
        attempts: ended.invocation.attempts.slice(0, 1),
      },
      events: ended.events.slice(0, 4),
    };
    const bar = (now: number) =>
      timelineOf(story, now).rows[0]?.segments.map(({ kind, toMs }) => [kind, toMs - START_AT]);
    expect(bar(START_AT + 5_000)).toContainEqual(['waiting', 5_000]);
    expect(bar(START_AT + 9_000)).toContainEqual(['waiting', 9_000]);
    expect(bar(START_AT + 9_000)).toContainEqual(['ahead', 30_000]);
  });

  it('keeps what happened at a readable size beside a receipt that came days later', () => {
    const timeline = timelineOf(play({ whatsapp: 'delivered@172800s', sms: 'delivered@2s' }), START_AT);
    expect(placeOf(timeline, START_AT + 30_000)).toBeGreaterThan(0.05);
    expect(placeOf(timeline, START_AT + 172_800_000)).toBe(1);
    expect(ticksOf(timeline, 6).length).toBeGreaterThan(1);
  });

  it('has every part of every kind of run in its order', async () => {
    for (const scenario of SCENARIOS) {
      const story = storyOf(await runOnCore(scenario));
      const { rows, startMs, endMs } = timelineOf(story, START_AT);
      expect(endMs).toBeGreaterThan(startMs);
      expect(rows.map(({ step: name }) => name)).toEqual(story.verdicts.map(({ step: name }) => name));
      for (const { fromMs, toMs } of rows.flatMap(({ segments }) => segments))
        expect(toMs).toBeGreaterThanOrEqual(fromMs);
    }
  });
});

describe('the sentence on each step', () => {
  const told = (story: Story) => story.verdicts.map((verdict) => clausesOf(story, verdict).map(({ key }) => key));

  test.each<[Record<string, string>, string[][]]>([
    [{ whatsapp: 'delivered@2s' }, [['accepted', 'reached', 'billed'], ['unused']]],
    [
      { whatsapp: 'undelivered:unreachable@1s', sms: 'reject:blocked' },
      [
        ['accepted', 'failed', 'next', 'billed'],
        ['refused', 'nothingLeft'],
      ],
    ],
    [
      { whatsapp: 'accept@1s,delivered@129s', sms: 'delivered@2s' },
      [
        ['accepted', 'silence', 'next', 'late', 'twice', 'billed', 'needless'],
        ['accepted', 'reached', 'billed'],
      ],
    ],
  ])('%j', (sandbox, expected) => {
    expect(told(play(sandbox))).toEqual(expected);
  });

  it('is there for every step of every kind of run, in words that the catalogue has', async () => {
    for (const scenario of SCENARIOS) {
      const story = storyOf(await runOnCore(scenario));
      for (const verdict of story.verdicts) {
        const keys = clausesOf(story, verdict).map(({ key }) => key);
        expect({ scenario: scenario.title, step: verdict.step, said: keys.length > 0 }).toMatchObject({ said: true });
        expect(CLAUSES).toEqual(expect.arrayContaining(keys));
      }
    }
  });
});
