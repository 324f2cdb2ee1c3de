import { LOOK_EVERY_MS, type SendAccount, startSendWorkers } from '../../temporal/send-workers';

/** Workers of one process as Temporal's SDK has them: a second one of the same queue is refused. */
function openWorkers() {
  const registered = new Set<string>();
  const opened: { queue: string; perSecond: number | undefined; end: () => void }[] = [];
  let opening: Promise<void> = Promise.resolve();
  return {
    opened,
    registered,
    opensAfter(wait: Promise<void>) {
      opening = wait;
    },
    async open(options: { taskQueue: string; maxTaskQueueActivitiesPerSecond?: number }) {
      const { taskQueue: queue, maxTaskQueueActivitiesPerSecond: perSecond } = options;
      await opening;
      if (registered.has(queue)) throw new Error('Registration of multiple workers with overlapping worker task types');
      registered.add(queue);
      let state: 'INITIALIZED' | 'RUNNING' | 'STOPPED' = 'INITIALIZED';
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = () => {
          state = 'STOPPED';
          registered.delete(queue);
          resolve();
        };
      });
      opened.push({ queue, perSecond, end });
      return {
        run: () => {
          state = 'RUNNING';
          return ended;
        },
        // What is in hand is finished first.
        shutdown: () => void setImmediate(end),
        getState: () => state,
      };
    },
  };
}

const account = (id: string, perSecond: number | null): SendAccount => ({
  id,
  provider: 'twilio',
  isDefault: false,
  perSecond,
});

describe('the workers that send', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  async function start(accounts: () => SendAccount[]) {
    const workers = openWorkers();
    const faults: unknown[] = [];
    const sends = await startSendWorkers({
      taskQueue: 'onward',
      rates: {},
      accounts,
      open: (queue) => workers.open(queue),
      onFault: (_message, error) => faults.push(error),
    });
    return { workers, faults, sends };
  }

  const look = async () => {
    await jest.advanceTimersByTimeAsync(LOOK_EVERY_MS);
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  const of = (workers: ReturnType<typeof openWorkers>, id: string) =>
    workers.opened.filter(({ queue }) => queue === `onward-send-${id}`).map(({ perSecond }) => perSecond);

  test('an account’s new rate is taken up, by one worker at a time', async () => {
    let rate = 10;
    const { workers, faults, sends } = await start(() => [account('pac_a', rate)]);
    rate = 50;
    await look();
    expect(faults).toEqual([]);
    expect(of(workers, 'pac_a')).toEqual([10, 50]);
    expect(sends.states().every((state) => state === 'RUNNING')).toBe(true);
    sends.stop();
    await sends.running;
    expect(workers.registered.size).toBe(0);
  });

  test('a stop while a queue is being opened leaves no worker behind', async () => {
    let accounts: SendAccount[] = [];
    const { workers, sends } = await start(() => accounts);
    let go = () => {};
    workers.opensAfter(
      new Promise((resolve) => {
        go = resolve;
      }),
    );
    accounts = [account('pac_new', null)];
    await look();
    sends.stop();
    go();
    await sends.running;
    expect(workers.registered.size).toBe(0);
  });
});
