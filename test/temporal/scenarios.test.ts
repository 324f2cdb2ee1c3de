import { SCENARIOS } from '../scenarios/all';
import { expectOutcome } from '../scenarios/expect-outcome';
import { prepareHouse, recipientOf, runInHouse } from '../scenarios/run-in-house';
import { type Outcome, type Scenario, SEND_PATIENCE_MS } from '../scenarios/scenario';
import { openTemporalHouse, type TemporalHouse } from '../support/temporal-house';
import { describeWithTemporal } from '../support/temporal-server';

const RUNNABLE = SCENARIOS.filter((scenario) => !scenario.virtualClockOnly);
/** They wait for real timeouts, so that many go side by side; but the server is to answer within some 50 ms. */
const AT_ONCE = 12;

describeWithTemporal('the Temporal host keeps the promises that the core alone keeps', (server) => {
  let house: TemporalHouse;
  const outcomes = new Map<Scenario, Promise<Outcome>>();

  beforeAll(async () => {
    house = await openTemporalHouse({ address: server.address, sendTimeoutSeconds: SEND_PATIENCE_MS / 1000 });
    await prepareHouse(house);
    await house.addWorker();
    runAll(house, outcomes);
  }, 60_000);

  afterAll(() => house.remove());

  test.each(RUNNABLE.map((scenario) => [scenario.rule, scenario.title, scenario] as const))(
    'rule %i: %s',
    async (_rule, _title, scenario) => {
      const outcome = await outcomes.get(scenario);
      if (!outcome) throw new Error('the scenario was not run');
      const recipient = recipientOf(scenario, RUNNABLE.indexOf(scenario));
      expectOutcome({ ...scenario, recipient }, outcome);
    },
    120_000,
  );

  test('nothing went wrong on the way', async () => {
    await Promise.all(outcomes.values());
    expect(house.faults).toEqual([]);
  });
});

function runAll(house: TemporalHouse, outcomes: Map<Scenario, Promise<Outcome>>): void {
  const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  RUNNABLE.forEach((scenario, number) => {
    const lane = number % AT_ONCE;
    const outcome = (lanes[lane] as Promise<void>).then(() =>
      runInHouse(house, scenario, recipientOf(scenario, number)),
    );
    outcome.catch(() => {});
    outcomes.set(scenario, outcome);
    lanes[lane] = outcome.then(
      () => {},
      () => {},
    );
  });
}
