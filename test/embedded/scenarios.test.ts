import { SCENARIOS } from '../scenarios/all';
import { expectOutcome } from '../scenarios/expect-outcome';
import { prepareHouse, recipientOf, runInHouse } from '../scenarios/run-in-house';
import { type Outcome, type Scenario, SEND_PATIENCE_MS } from '../scenarios/scenario';
import { openHouse, type TestHouse } from '../support/house';

const RUNNABLE = SCENARIOS.filter((scenario) => !scenario.virtualClockOnly);

let house: TestHouse;
const outcomes = new Map<Scenario, Promise<Outcome>>();

/** All at once: they wait for real timeouts, and must not be in each other's way. */
beforeAll(async () => {
  house = await openHouse({ sendTimeoutSeconds: SEND_PATIENCE_MS / 1000 });
  await prepareHouse(house);
  RUNNABLE.forEach((scenario, number) => {
    const outcome = runInHouse(house, scenario, recipientOf(scenario, number));
    outcome.catch(() => {});
    outcomes.set(scenario, outcome);
  });
});

afterAll(() => house.remove());

describe('the embedded host keeps the promises that the core alone keeps', () => {
  test.each(RUNNABLE.map((scenario) => [scenario.rule, scenario.title, scenario] as const))(
    'rule %i: %s',
    async (_rule, _title, scenario) => {
      const outcome = await outcomes.get(scenario);
      if (!outcome) throw new Error('the scenario was not run');
      const recipient = recipientOf(scenario, RUNNABLE.indexOf(scenario));
      expectOutcome({ ...scenario, recipient }, outcome);
    },
  );

  test('nothing went wrong on the way', async () => {
    await Promise.all(outcomes.values());
    expect(house.faults).toEqual([]);
  });
});
