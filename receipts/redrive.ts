import { setTimeout as pause } from 'node:timers/promises';
import type { Log, LogRecord } from '../log/contract';
import type { DeadLetter } from '../schemas/dead-letter';
import type { DeadLetterPlace, DeadLetters, Redriven, WaitingDeadLetter } from './contract';
import { readWaiting, waitingAfter } from './waiting-letters';

const TOPIC = 'onward.receipts.dead';
const GROUP = 'redrive';
const MS = { look: 100, patience: 120_000 } as const;

/** A dead letter came while the older ones are given another try: it has to wait for the next call. */
class NotThisTime extends Error {
  constructor() {
    super('this dead letter came after the redrive had begun');
    this.name = 'NotThisTime';
  }
}

/** Remembered of those that were given another try one by one. */
const REMEMBERED_MOST = 10_000;

const nameOf = ({ partition, position }: DeadLetterPlace) => `${partition}/${position}`;

/** Where the last call came to is a consumer group's position, so that it holds for all processes. */
export function createDeadLetters(log: Log): DeadLetters {
  let underWay: Promise<Redriven> | null = null;
  // What is redriven is so once: of two that are asked for at a time, the later one sees what the other did.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
  /** By itself, by this process. */
  const alone = new Set<string>();
  return {
    redrive() {
      // Of two that ask at once the second is told what the first did.
      underWay ??= inTurn(() => redrive(log, alone)).finally(() => {
        underWay = null;
      });
      return underWay;
    },
    redriveOne: (place) => inTurn(() => redriveOne(log, alone, place)),
    async waiting(limit) {
      const records = await readWaiting(log, TOPIC, await waitingAfter(log, TOPIC, GROUP), limit);
      return records.slice(0, limit).map((record) => waitingLetter(record, alone.has(nameOf(record))));
    },
  };
}

/** A foreign producer may have written anything: then what it wrote is shown. */
function waitingLetter({ partition, position, value }: LogRecord, redriven: boolean): WaitingDeadLetter {
  const unread: DeadLetter = { cause: 'not a dead letter of ours', source: {}, at: '', value };
  try {
    const { cause, source, at, value: receipt, characters } = JSON.parse(value) as Partial<DeadLetter>;
    const whole = typeof cause === 'string' && typeof at === 'string' && typeof receipt === 'string';
    if (!whole) return { partition, position, redriven, letter: unread };
    const letter = { cause, source: source ?? {}, at, value: receipt, ...(characters !== undefined && { characters }) };
    return { partition, position, redriven, letter };
  } catch {
    return { partition, position, redriven, letter: unread };
  }
}

async function redriveOne(log: Log, alone: Set<string>, place: DeadLetterPlace): Promise<Redriven | null> {
  const { partition, position } = place;
  const after = (await waitingAfter(log, TOPIC, GROUP)).get(partition);
  if (after === undefined || position <= after) return null;
  const [found] = await log.read(TOPIC, partition, position - 1, 1);
  // What stands there may have gone.
  if (found?.position !== position) return null;
  const again = receiptOf(found);
  if (!again) return { redriven: 0, left: 1 };
  await log.append('onward.receipts', [again]);
  if (alone.size < REMEMBERED_MOST) alone.add(nameOf(place));
  return { redriven: 1, left: 0 };
}

async function redrive(log: Log, alone: Set<string>): Promise<Redriven> {
  const counted: Redriven = { redriven: 0, left: 0 };
  const ends = await log.ends(TOPIC);
  if (ends.size === 0) return counted;
  const subscription = await log.subscribe(TOPIC, GROUP, async (records, done) => {
    const older = records.filter(({ partition, position }) => position <= (ends.get(partition) ?? -1));
    const again = older.filter((record) => !alone.has(nameOf(record))).map(receiptOf);
    const whole = again.filter((record) => record !== null);
    if (whole.length > 0) await log.append('onward.receipts', whole);
    counted.redriven += whole.length;
    counted.left += again.length - whole.length;
    const last = older[older.length - 1];
    if (last) done(last.position);
    for (const record of older) alone.delete(nameOf(record));
    if (older.length < records.length) throw new NotThisTime();
  });
  try {
    const until = Date.now() + MS.patience;
    while ((await olderLeft(log, ends)) && Date.now() < until) await pause(MS.look);
  } finally {
    await subscription.stop();
  }
  return counted;
}

/** The group's lag counts what came since, too: so the ends are asked again. */
async function olderLeft(log: Log, ends: ReadonlyMap<number, number>): Promise<boolean> {
  const [lags, now] = await Promise.all([log.lag(), log.ends(TOPIC)]);
  return [...ends].some(([partition, end]) => {
    const lag = lags.find((one) => one.topic === TOPIC && one.group === GROUP && one.partition === partition);
    const since = (now.get(partition) ?? end) - end;
    return lag !== undefined && lag.records > since;
  });
}

/** Null where it is not whole. */
function receiptOf({ key, value }: LogRecord): { key: string; value: string } | null {
  try {
    const letter = JSON.parse(value) as DeadLetter;
    return typeof letter.value === 'string' && letter.characters === undefined ? { key, value: letter.value } : null;
  } catch {
    return null;
  }
}
