import { Client, Connection } from '@temporalio/client';
import { actionsOf, type HistoryEvent } from '../../bench/temporal/actions';
import type { Ladder } from '../../core/ladder';
import { prepareHouse } from '../scenarios/run-in-house';
import { publishInHouse, startInHouse, untilEnded } from '../support/run-in-house';
import { openTemporalHouse, type TemporalHouse } from '../support/temporal-house';
import { describeWithTemporal } from '../support/temporal-server';

/** Long enough that an answer is always there before the receipt: the other way round there are fewer events. */
const DELIVERED = 'delivered@150ms';
const LOST = 'undelivered:unreachable@150ms';

describeWithTemporal('the history of an invocation', (server) => {
  let house: TemporalHouse;
  let client: Client;
  let flow: Ladder;
  beforeAll(async () => {
    house = await openTemporalHouse({ address: server.address });
    await prepareHouse(house);
    await house.addWorker();
    client = new Client({ connection: await Connection.connect({ address: server.address }) });
    flow = await publishInHouse(house, { steps: ['whatsapp', 'sms', 'email'], timeoutSeconds: 1 });
  }, 60_000);
  afterAll(async () => {
    await client?.connection.close();
    await house?.remove();
  }, 20_000);

  /** @param sandbox what becomes of each step's message */
  async function historyOf(sandbox: Record<string, string>): Promise<HistoryEvent[]> {
    const id = await startInHouse(house, flow, { sandbox });
    const { status } = await untilEnded(house, id);
    expect(status).toBe('succeeded');
    return closedHistory(client, id);
  }

  test('has at most 17 events where the first step delivers', async () => {
    const history = await historyOf({ whatsapp: DELIVERED });
    expect(history.length).toBeLessThanOrEqual(17);
    expect(actionsOf(history)).toBe(5);
  });

  test('has at most 11 events more for each further step that a timeout leads to', async () => {
    const [none, one, two] = await Promise.all([
      historyOf({ whatsapp: DELIVERED }),
      historyOf({ whatsapp: 'silent', sms: DELIVERED }),
      historyOf({ whatsapp: 'silent', sms: 'silent', email: DELIVERED }),
    ]);
    expect(one.length - none.length).toBeLessThanOrEqual(11);
    expect(two.length - one.length).toBeLessThanOrEqual(11);
    expect([actionsOf(one), actionsOf(two)]).toEqual([7, 9]);
  });

  test('has at most 12 events more for a step that a failure receipt leads to', async () => {
    const [none, one] = await Promise.all([
      historyOf({ whatsapp: DELIVERED }),
      historyOf({ whatsapp: LOST, sms: DELIVERED }),
    ]);
    expect(one.length - none.length).toBeLessThanOrEqual(12);
    expect(actionsOf(one)).toBe(8);
  });
});

/** The log has a run's end a moment before its workflow closes. */
async function closedHistory(client: Client, id: string): Promise<HistoryEvent[]> {
  for (let tries = 0; tries < 100; tries++) {
    const events = (await client.workflow.getHandle(id).fetchHistory()).events ?? [];
    if (events.at(-1)?.workflowExecutionCompletedEventAttributes) return events;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${id} does not close`);
}
