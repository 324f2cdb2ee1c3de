import { advise } from '../../core/advice';
import { differencesOf, measuresOf, type Played, playAll } from '../../core/replay/compare';
import { weightsFor } from '../../core/replay/intervals';
import { matchSteps } from '../../core/replay/match-steps';
import type { Sample } from '../../core/replay/sample';
import { TOLD } from '../../core/replay/sentences';
import { english } from '../../core/replay/tell';
import { changesIn } from '../../core/replay/words';
import { inEnglish } from '../../core/sentence';
import type { FlowDefinition } from '../../schemas/flow';
import { testLadder } from '../scenarios/run-on-core';
import { flow, step } from '../scenarios/scenario';
import { type Channel, finished, type Person, people, recordedSample, truth } from '../support/simulated-people';

/** Twice the first timeout, as the advice looks at it. */
const WITHIN_MS = 60_000;
const TAIL: Record<string, Channel> = {
  whatsapp: { medianMs: 8000, sigma: 1.1, never: 0.1, fails: 0.05 },
  sms: { medianMs: 4000, sigma: 0.9, never: 0.06 },
};
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

function ladderOf(whatsapp: number, sms: number): FlowDefinition {
  return flow([step('whatsapp', { timeoutSeconds: whatsapp }), step('sms', { timeoutSeconds: sms })]);
}
const AS_IT_IS = ladderOf(30, 120);

function play(sample: Sample, definition: FlowDefinition): Played {
  const ladder = testLadder(definition);
  return finished(playAll(sample, { ladder, match: matchSteps(ladder, sample.ladder) }, WITHIN_MS));
}

function told(everybody: readonly Person[], changed: FlowDefinition) {
  const sample = recordedSample(testLadder(AS_IT_IS), everybody);
  const played = play(sample, changed);
  const { differences } = finished(differencesOf(played, finished(weightsFor(everybody.length))));
  const real = measuresOf(truth(testLadder(changed), everybody), WITHIN_MS);
  return { played, differences, real, now: measuresOf(sample.outcomes, WITHIN_MS) };
}

function advice(definition: FlowDefinition, sample: Sample) {
  return finished(advise({ sample, definition, compile: testLadder, step: null }));
}

describe('a longer timeout', () => {
  it.each(SEEDS)('is told as it would have been where all of it was recorded (world %i)', (seed) => {
    const { played, real } = told(people(TAIL, 1000, seed), ladderOf(45, 120));
    expect(measuresOf(played.after, WITHIN_MS)).toEqual(real);
    expect(played).toMatchObject({ estimated: 0, untold: [] });
  });

  it('is told as well where people’s phones are off, so that channels depend on each other', () => {
    const { played, real } = told(people(TAIL, 1500, 3, 0.1), ladderOf(60, 120));
    expect(measuresOf(played.after, WITHIN_MS)).toEqual(real);
  });
});

/** How often the truth lies in the interval, over all worlds and measures. */
function hits(changed: FlowDefinition, off = 0, channels = TAIL) {
  let [inside, all] = [0, 0];
  for (const seed of SEEDS) {
    const { differences, real, now } = told(people(channels, 1000, 100 + seed, off), changed);
    for (const measure of ['reach', 'reachWithin', 'duplicates', 'costMicros'] as const) {
      const [low, high] = differences[measure].interval;
      const difference = real[measure] - now[measure];
      // What cannot differ has an interval of one point.
      if (difference >= low - 1e-6 && difference <= high + 1e-6) inside++;
      all++;
    }
  }
  return inside / all;
}

describe('what has to be estimated lies in its interval in nine of ten worlds', () => {
  it('for a shorter timeout', () => expect(hits(ladderOf(15, 120))).toBeGreaterThanOrEqual(0.9));
  it('for another order', () => {
    const { steps, ...rest } = AS_IT_IS;
    expect(hits({ ...rest, steps: steps.toReversed() })).toBeGreaterThanOrEqual(0.9);
  });
  it('for a step that is left out', () => {
    const { steps, ...rest } = AS_IT_IS;
    expect(hits({ ...rest, steps: steps.slice(1) })).toBeGreaterThanOrEqual(0.9);
  });
  it('for a shorter timeout where phones are off, as like is drawn from like', () => {
    const longTail = { ...TAIL, whatsapp: { medianMs: 14_000, sigma: 1, never: 0.05 } };
    expect(hits(ladderOf(15, 120), 0.1, longTail)).toBeGreaterThanOrEqual(0.9);
  });
});

describe('advice', () => {
  it('is the longer timeout where many messages come just after the present one', () => {
    const slow = { ...TAIL, whatsapp: { medianMs: 20_000, sigma: 0.4, never: 0.02 } };
    const sample = recordedSample(testLadder(AS_IT_IS), people(slow, 3000, 5));
    const { suggestions, sentence } = advice(AS_IT_IS, sample);
    const [best] = suggestions;
    expect(best).toMatchObject({ kind: 'timeout', step: 'whatsapp', from: 30, confidence: 'measured' });
    expect(best?.to).toBeGreaterThan(30);
    expect(sentence).toBe(best?.sentence);
    expect(sentence).toMatch(
      /^30 s -> \d+ s on “whatsapp”: duplicates -\d+ %, .*cost -.*; from 3,000 runs, all measured\.$/,
    );
  });

  it('is the shorter timeout where nothing comes any more long before the present one', () => {
    const quick = { whatsapp: { medianMs: 2000, sigma: 0.3, never: 0.2 }, sms: TAIL.sms as Channel };
    const sample = recordedSample(testLadder(AS_IT_IS), people(quick, 3000, 6));
    const [best] = advice(AS_IT_IS, sample).suggestions;
    expect(best).toMatchObject({ kind: 'timeout', step: 'whatsapp', from: 30 });
    expect(best?.to).toBeLessThan(30);
    expect(best?.sentence).toMatch(/95 % of the people reached [\d.]+ s sooner/);
  });

  it('is to leave out a step that reaches nobody', () => {
    const dead = {
      whatsapp: { medianMs: 2000, sigma: 0.3, never: 1 },
      sms: { medianMs: 4000, sigma: 0.5, never: 0.02 },
    };
    const { suggestions } = advice(AS_IT_IS, recordedSample(testLadder(AS_IT_IS), people(dead, 2000, 7)));
    expect(suggestions).toContainEqual(expect.objectContaining({ kind: 'leave_out', step: 'whatsapp' }));
  });

  it.each(SEEDS)('is to leave it where the present setting is the best (world %i)', (seed) => {
    // Until 28 s messages come all the while, and then no more: a second less costs, and one more only delays. SMS
    // reaches fewer.
    const definition = ladderOf(30, 20);
    const even = people({ whatsapp: TAIL.whatsapp as Channel, sms: TAIL.sms as Channel }, 1000, seed).map((_, n) => ({
      whatsapp: n % 20 === 0 ? ('never' as const) : { afterMs: 1000 + ((n * 7919) % 27_500) },
      sms: n % 7 === 3 ? ('never' as const) : { afterMs: 15_000 + ((n * 104_729 + seed) % 4500) },
    }));
    const { suggestions, sentence } = advice(definition, recordedSample(testLadder(definition), even));
    expect(suggestions.filter(({ confidence }) => confidence !== 'too_few')).toEqual([]);
    expect(sentence).toMatch(/^Leave it: of \d+ changes that were tried none is clearly better; from 1,000 runs\.$/);
  });

  it('says that the data cannot tell where a step was sent too seldom', () => {
    const sure = { whatsapp: { medianMs: 3000, sigma: 0.3, never: 0.01 }, sms: TAIL.sms as Channel };
    const { suggestions } = advice(AS_IT_IS, recordedSample(testLadder(AS_IT_IS), people(sure, 1500, 8)));
    const order = suggestions.find(({ kind }) => kind === 'order');
    expect(order).toMatchObject({ confidence: 'too_few', effect: null });
    expect(order?.sentence).toMatch(
      /^“sms” before “whatsapp”: the data cannot tell; “sms” was sent in \d+ of 1,500 runs, and at least 30 are needed\.$/,
    );
  });

  it('says that the data cannot tell where there are too few runs, and advises nothing', () => {
    const { suggestions, sentence } = advice(AS_IT_IS, recordedSample(testLadder(AS_IT_IS), people(TAIL, 29, 9)));
    expect(suggestions).toEqual([]);
    expect(sentence).toBe('The data cannot tell: at least 30 runs are needed, and there are 29.');
  });

  it('says to whom alone a later step was sent', () => {
    const { notes } = advice(AS_IT_IS, recordedSample(testLadder(AS_IT_IS), people(TAIL, 500, 10)));
    expect(notes).toContainEqual(
      expect.stringMatching(
        /^“sms” was only sent to the \d+ people whom “whatsapp” had not reached by then; others may differ\.$/,
      ),
    );
  });

  it('is data too, by which its sentences and notes can be made again', () => {
    const samples = [people(TAIL, 29, 9), people(TAIL, 500, 10)].map((all) =>
      recordedSample(testLadder(AS_IT_IS), all),
    );
    for (const { suggestions, notes, noteSentences, ...verdict } of samples.map((sample) => advice(AS_IT_IS, sample))) {
      expect(noteSentences.map((one) => inEnglish(TOLD, one))).toEqual(notes);
      for (const { sentence, key, values } of [verdict, ...suggestions]) {
        expect(inEnglish(TOLD, { key, values })).toBe(sentence);
        expect(sentence).not.toContain('undefined');
        expect(JSON.parse(JSON.stringify(values))).toEqual(values);
      }
    }
  });

  it('tells a cost that comes out of nothing as one, and not in percent', () => {
    const same = { before: 0, after: 0, difference: 0, interval: [0, 0] as const };
    const costMicros = { ...same, after: 35_000, difference: 35_000 };
    const none = { reach: same, reachWithin: same, duplicates: same, costMicros, p50Ms: same, p95Ms: same };
    expect(changesIn(none, WITHIN_MS).map(english)).toEqual(['a cost where there was none']);
  });

  it('stays within what a flow may be: its limits, and its end', () => {
    const definition = { ...ladderOf(2, 4), expiresAfterSeconds: 7 };
    const { suggestions } = advice(definition, recordedSample(testLadder(definition), people(TAIL, 500, 11)));
    for (const { from, to } of suggestions) {
      if (typeof from !== 'number' || typeof to !== 'number') continue;
      expect(to).toBeGreaterThanOrEqual(1);
      expect(to).toBeLessThanOrEqual(Math.max(from, 7 - (6 - from)));
    }
  });
});
