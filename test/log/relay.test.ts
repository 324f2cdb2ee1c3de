import { join } from 'node:path';
import { type Log, LogUnavailable, type NewRecord, RecordTooLarge } from '../../log/contract';
import { startRelay } from '../../log/relay';
import { SqliteLog } from '../../log/sqlite/log';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const TOPIC = 'onward.events';
let count = 0;
let group: GroupCommit;
let from: SqliteLog;

beforeEach(() => {
  group = new GroupCommit(openDatabase(join(folder, `${count++}.db`), { durability: 'full' }));
  from = new SqliteLog(group, { pollMs: 5 });
});
afterEach(async () => {
  await from.close();
  group.close();
});

const numbered = (prefix: string, many: number): NewRecord[] =>
  Array.from({ length: many }, (_, n) => ({ key: 'k', value: `${prefix}${n}` }));

/** The other log, as far as a relay knows it. */
function target(refuse: (records: readonly NewRecord[]) => Error | null = () => null) {
  const values: string[] = [];
  const append = async (_topic: string, records: readonly NewRecord[]) => {
    const refusal = refuse(records);
    if (refusal) throw refusal;
    values.push(...records.map(({ value }) => value));
  };
  return { values, log: { append } as Pick<Log, 'append'> as Log };
}

function relay(to: Log, faults: string[] = []) {
  return startRelay({ from, to, topic: TOPIC, group: 'relay', onFault: (message) => void faults.push(message) });
}

test('every record is carried on, in order, and after a restart only what was not', async () => {
  const { values, log } = target();
  await from.append(TOPIC, numbered('a', 3));
  const first = await relay(log);
  await from.append(TOPIC, numbered('b', 2));
  await until(() => values.length === 5);
  await first.stop();
  await from.append(TOPIC, numbered('c', 2));
  const second = await relay(log);
  await until(() => values.length === 7);
  expect(values).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'c0', 'c1']);
  await second.stop();
});

test('what the other log does not take now is carried on later, still in order', async () => {
  let away = true;
  const { values, log } = target(() => (away ? new LogUnavailable('away') : null));
  const subscription = await relay(log);
  await from.append(TOPIC, numbered('a', 2));
  await from.append(TOPIC, numbered('b', 2));
  expect(values).toEqual([]);
  away = false;
  await until(() => values.length === 4);
  expect(values).toEqual(['a0', 'a1', 'b0', 'b1']);
  await subscription.stop();
});

test('a record that the other log will never take holds nobody up, and is told', async () => {
  const { values, log } = target((records) =>
    records.some(({ value }) => value === 'a1') ? new RecordTooLarge(1) : null,
  );
  const faults: string[] = [];
  await from.append(TOPIC, numbered('a', 3));
  const subscription = await relay(log, faults);
  await until(() => values.length === 2);
  expect(values).toEqual(['a0', 'a2']);
  expect(faults).toEqual(['the record 2 of onward.events could not be carried on']);
  await subscription.stop();
});

test('a record whose group is rolled back is not carried on', async () => {
  const { values, log } = target();
  const subscription = await relay(log);
  const lost = from.append(TOPIC, numbered('lost', 1));
  group.write(() => {
    throw new Error('disk full');
  });
  await expect(lost).rejects.toThrow('disk full');
  await from.append(TOPIC, numbered('kept', 1));
  await until(() => values.length > 0);
  expect(values).toEqual(['kept0']);
  await subscription.stop();
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !holds(); ) {
    if (Date.now() > end) throw new Error('it did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
