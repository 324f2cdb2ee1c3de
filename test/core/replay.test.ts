import fc from 'fast-check';
import { candidatesFor } from '../../core/advice/candidates';
import { latenciesOf } from '../../core/advice/step-latencies';
import type { Ladder } from '../../core/ladder';
import { type WhatIf, whatIf } from '../../core/replay';
import { playAll } from '../../core/replay/compare';
import { matchSteps } from '../../core/replay/match-steps';
import { recordedRun } from '../../core/replay/recorded';
import { isSameOutcome } from '../../core/replay/replay-run';
import { type Sample, sampleOf } from '../../core/replay/sample';
import { simulate } from '../../core/simulate';
import type { State } from '../../core/state';
import type { FlowDefinition } from '../../schemas/flow';
import { liveLadder, START_AT, scriptsOf, testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';
import { type Channel, finished, people, recordedSample } from '../support/simulated-people';
import { make, move, newWorld, pass, settle, take } from './hostile-world';

const MONTH_MS = 30 * 24 * 3_600_000;
const TWO = flow([step('whatsapp', { timeoutSeconds: 30 }), step('sms', { timeoutSeconds: 60 })]);

/** So many runs of each script, by what each step's sandbox is told. */
function sampleFrom(
  ladder: Ladder,
  worlds: readonly (readonly [count: number, scripts: Record<string, string>])[],
  seenAfterMs = MONTH_MS,
): Sample {
  const states = worlds.flatMap(([count, scripts]) =>
    Array.from({ length: count }, () => simulate(ladder, scriptsOf(scripts), { startAt: START_AT }).state),
  );
  return sampleIn(ladder, states, seenAfterMs);
}

function sampleIn(ladder: Ladder, states: readonly State[], seenAfterMs = MONTH_MS): Sample {
  const runs = states.map((state, n) => recordedRun(`inv_${n}`, state, START_AT + seenAfterMs));
  return finished(sampleOf(ladder, runs));
}

const on = (sample: Sample, definition: FlowDefinition): WhatIf => finished(whatIf(sample, testLadder(definition)));
const withWhatsapp = (seconds: number, more = {}) =>
  flow([step('whatsapp', { timeoutSeconds: seconds, ...more }), step('sms', { timeoutSeconds: 60 })]);

describe('whatever the world does', () => {
  const ladders = [
    testLadder(flow([step('whatsapp'), step('sms'), step('email')])),
    testLadder(flow([step('rcs', { recall: true, successOn: 'read' }), step('sms')], { expiresAfterSeconds: 3 })),
    testLadder(flow([parallel('all', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')])),
    liveLadder(flow([step('sms', { provider: ['twilio', 'solapi'], timeoutSeconds: 3 }), step('email')])),
  ];

  it('a run is played as it was, or left out and counted', () => {
    const story = fc.tuple(fc.constantFrom(...ladders), fc.array(move, { maxLength: 25 }));
    let [kept, all] = [0, 0];
    fc.assert(
      fc.property(story, ([ladder, moves]) => {
        const world = newWorld(ladder);
        for (const one of moves) make(world, one);
        settle(world);
        const { runs, outcomes, leftOut } = sampleIn(ladder, [world.state]);
        runs.forEach((run, n) => {
          expect(isSameOutcome(run.outcome, outcomes[n] as (typeof outcomes)[number])).toBe(true);
        });
        expect(runs.length + leftOut.not_reproduced + leftOut.unsettled).toBe(1);
        kept += runs.length;
        all++;
      }),
      { numRuns: 400, seed: 7 },
    );
    // A world that answers a send after the run has ended, and denies what it has said before, is none that there is.
    expect(kept / all).toBeGreaterThan(0.6);
  });

  it('of what a change cannot alter, nothing is altered', () => {
    const channels: Record<string, Channel> = {
      whatsapp: { medianMs: 8000, sigma: 1.2, never: 0.1, fails: 0.1 },
      sms: { medianMs: 6000, sigma: 1.2, never: 0.2, fails: 0.1 },
      email: { medianMs: 9000, sigma: 1.2, never: 0.2 },
    };
    const definition = flow([
      step('whatsapp', { timeoutSeconds: 10 }),
      step('sms', { timeoutSeconds: 10 }),
      step('email', { timeoutSeconds: 10 }),
    ]);
    const sample = recordedSample(testLadder(definition), people(channels, 400, 3));
    const candidates = candidatesFor(definition, sample.ladder, finished(latenciesOf(sample)), null);
    expect(candidates.length).toBeGreaterThan(20);
    for (const candidate of candidates) {
      const ladder = testLadder(candidate.definition);
      const draft = { ladder, match: matchSteps(ladder, sample.ladder) };
      const some = finished(playAll(sample, draft, 20_000, candidate));
      const every = finished(playAll(sample, draft, 20_000));
      expect(some.after).toEqual(every.after);
    }
  });
});

describe('a replay', () => {
  const reached = { whatsapp: 'delivered@2s' };
  const late = { whatsapp: 'delivered@40s', sms: 'delivered@3s' };
  const never = { whatsapp: 'silent', sms: 'delivered@3s' };

  it('of a longer timeout spares the second message where the first came late', () => {
    const found = on(
      sampleFrom(testLadder(TWO), [
        [60, reached],
        [30, late],
        [10, never],
      ]),
      withWhatsapp(45),
    );
    expect(found.difference.duplicates).toMatchObject({ before: 0.3, after: 0 });
    expect(found).toMatchObject({ changed: 40, estimatedShare: 0, confidence: 'measured' });
    const [example] = found.examples;
    expect(example?.after).toMatchObject({ reachedStep: 'whatsapp', reachedMs: 40_000, duplicate: false });
    expect(found.sentence).toMatch(/^The draft: duplicates -100 %, .*; from 100 runs, all measured\.$/);
  });

  it('matches a step that was renamed by its channel, and says so', () => {
    const renamed = flow([
      step('whatsapp', { name: 'first', timeoutSeconds: 30 }),
      step('sms', { timeoutSeconds: 60 }),
    ]);
    const found = on(
      sampleFrom(testLadder(TWO), [
        [60, reached],
        [40, late],
      ]),
      renamed,
    );
    expect(found).toMatchObject({ estimatedShare: 0, changed: 0, examples: [] });
    expect(found.notes).toContainEqual('“first” is played by what “whatsapp” recorded.');
  });

  it('of a channel that nothing is recorded of says that the data cannot tell', () => {
    const added = flow([...withWhatsapp(30).steps, step('email', { timeoutSeconds: 60 })]);
    const lost = { whatsapp: 'silent', sms: 'silent' };
    const found = on(
      sampleFrom(testLadder(TWO), [
        [60, reached],
        [40, lost],
      ]),
      added,
    );
    expect(found).toMatchObject({ confidence: 'too_few' });
    expect(found.sentence).toBe('The data cannot tell: nothing is recorded of “email”.');
    expect(found.notes[0]).toContain('played as accepted and never heard of');
  });

  it('says that the data cannot tell of more time for what expired with its validity', () => {
    const expired = { whatsapp: 'expired@29s', sms: 'delivered@3s' };
    const sample = sampleFrom(testLadder(TWO), [
      [60, reached],
      [40, expired],
    ]);
    expect(on(sample, withWhatsapp(20))).toMatchObject({ confidence: 'measured' });
    const found = on(sample, withWhatsapp(60));
    expect(found).toMatchObject({ confidence: 'too_few' });
    expect(found.notes).toContainEqual(
      expect.stringContaining('40 messages of “whatsapp” expired when its time was over'),
    );
  });

  it('draws what came after a run was last looked at from runs that were looked at for longer', () => {
    const ladder = testLadder(TWO);
    const old = Array.from({ length: 40 }, (_, n) => (n < 20 ? late : never));
    const recorded = [...old, ...Array(40).fill(never)].map((scripts, n) => {
      const { state } = simulate(ladder, scriptsOf(scripts), { startAt: START_AT });
      return recordedRun(`inv_${n}`, state, START_AT + (n < 40 ? MONTH_MS : 34_000));
    });
    const found = on(finished(sampleOf(ladder, recorded)), withWhatsapp(50));
    expect(found.estimatedShare).toBe(0.5);
    // Of those who were looked at for long enough, half were reached by WhatsApp late.
    const byWhatsapp = found.perStep.find(({ step }) => step === 'whatsapp')?.draft?.reached ?? 0;
    expect(byWhatsapp).toBeGreaterThan(20 + 8);
    expect(byWhatsapp).toBeLessThan(20 + 32);
  });

  it('of a stronger criterion than was watched for says that it is not recorded', () => {
    const found = on(
      sampleFrom(testLadder(TWO), [
        [60, reached],
        [40, late],
      ]),
      withWhatsapp(30, { successOn: 'read' }),
    );
    expect(found.confidence).toBe('too_few');
    expect(found.notes).toContainEqual(
      '“whatsapp” asks for read, and the runs were watched for delivered: when that would have been is not recorded.',
    );
  });

  it('of a weaker criterion is told from what was recorded', () => {
    const read = { whatsapp: 'delivered@2s, read@20s' };
    const asked = withWhatsapp(10, { successOn: 'read' });
    const found = on(sampleFrom(testLadder(asked), [[60, read]]), withWhatsapp(10));
    expect(found).toMatchObject({ estimatedShare: 0, confidence: 'measured' });
    expect(found.difference).toMatchObject({ p50Ms: { before: 10_100, after: 2000 } });
  });

  it('keeps to the budget and the addresses of the recipient', () => {
    const dear = {
      ...withWhatsapp(30),
      budget: { maxCostMicros: 36_000, currency: 'EUR', onExceeded: 'skip_step' },
    } as const;
    const sample = sampleFrom(testLadder(TWO), [
      [60, reached],
      [40, never],
    ]);
    expect(on(sample, dear).difference.reach).toMatchObject({ before: 1, after: 0.6 });
    const { state } = simulate(testLadder(TWO), {}, { startAt: START_AT, unaddressable: ['sms'] });
    const nowhere = sampleIn(testLadder(TWO), Array(40).fill(state));
    const first = flow([step('sms', { timeoutSeconds: 60 }), step('whatsapp', { timeoutSeconds: 30 })]);
    expect(on(nowhere, first)).toMatchObject({ changed: 0, estimatedShare: 0 });
  });

  it('ends a run when the customer did', () => {
    const end = { afterMs: 20_000, input: { type: 'CompleteRequested' } } as const;
    const { state } = simulate(testLadder(TWO), scriptsOf(never), { startAt: START_AT, actions: [end] });
    const found = on(sampleIn(testLadder(TWO), Array(40).fill(state)), withWhatsapp(60));
    expect(found).toMatchObject({ changed: 0, draft: { statuses: { succeeded: 40 } } });
  });

  it('takes no retry that was dropped for one that was made', () => {
    const ladder = testLadder(TWO);
    const cancelled = () => {
      const world = newWorld(ladder);
      const sms = { step: 'sms', code: null, retryAfterMs: null } as const;
      take(world, { ...sms, step: 'whatsapp', type: 'SendRejected', attempt: 1, reason: 'not_on_channel' });
      take(world, { ...sms, type: 'SendRejected', attempt: 1, reason: 'rate_limited' });
      pass(world, 500);
      take(world, { type: 'CancelRequested' });
      take(world, { type: 'SendDropped', step: 'sms', attempt: 2 });
      return world.state;
    };
    const { state } = simulate(ladder, scriptsOf(reached), { startAt: START_AT });
    const sample = sampleIn(ladder, [...Array.from({ length: 40 }, cancelled), ...Array(40).fill(state)]);
    expect(sample.runs).toHaveLength(80);
    const found = on(sample, flow([step('sms', { timeoutSeconds: 60 })]));
    expect(found).toMatchObject({ confidence: 'too_few' });
    expect(found.notes[0]).toContain('too few retries of “sms” are recorded');
  });

  it('gives the same every time', () => {
    const sample = sampleFrom(testLadder(TWO), [
      [60, reached],
      [40, late],
      [40, never],
    ]);
    const twice = [0, 1].map(() => on(sample, flow([step('sms', { timeoutSeconds: 60 })])));
    expect(twice[0]).toEqual(twice[1]);
    expect(twice[0]?.estimatedShare).toBeGreaterThan(0.3);
  });
});
