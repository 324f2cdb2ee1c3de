import { fold } from '../../core/evolve';
import { FINAL_STATUSES } from '../../schemas/vocabulary';
import { SCENARIOS } from '../scenarios/all';
import { expectOutcome } from '../scenarios/expect-outcome';
import { runOnCore, START_AT, testLadder } from '../scenarios/run-on-core';
import { definitionAt } from '../scenarios/scenario';

describe('the core alone keeps every promise', () => {
  test.each(SCENARIOS.map((scenario) => [scenario.rule, scenario.title, scenario] as const))(
    'rule %i: %s',
    async (_rule, _title, scenario) => {
      const outcome = await runOnCore(scenario);
      expectOutcome(scenario, outcome);
      const ladder = testLadder(definitionAt(scenario, START_AT));
      expect({ ...fold(ladder, outcome.events), ladder: null }).toEqual({ ...outcome.state, ladder: null });
    },
  );

  test('each rule of the design and each final status has a scenario', () => {
    const rules = new Set(SCENARIOS.map(({ rule }) => rule));
    expect([...rules].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(new Set(SCENARIOS.map(({ expected }) => expected.status))).toEqual(new Set(FINAL_STATUSES));
  });

  test('no two scenarios promise the same', () => {
    expect(new Set(SCENARIOS.map(({ title }) => title)).size).toBe(SCENARIOS.length);
  });
});
