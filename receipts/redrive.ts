import { setTimeout as pause } from 'node:timers/promises';
import type { Log, LogRecord } from '../log/contract';
import type { DeadLetter } from '../schemas/dead-letter';
import type { DeadLetters, Redriven } from './contract';

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

/** Where the last call came to is a consumer group's position, so that it holds for all processes. */
export function createDeadLetters(log: Log): DeadLetters {
  let underWay: Promise<Redriven> | null = null;
  return {
    redrive() {
      // Of two that ask at once the second is told what the first did.
      underWay ??= redrive(log).finally(() => {
        underWay = null;
      });
      return underWay;
    },
  };
}

async function redrive(log: Log): Promise<Redriven> {
  const counted: Redriven = { redriven: 0, left: 0 };
  const ends = await log.ends(TOPIC);
  if (ends.size === 0) return counted;
  const subscription = await log.subscribe(TOPIC, GROUP, async (records, done) => {
    const older = records.filter(({ partition, position }) => position <= (ends.get(partition) ?? -1));
    const again = older.map(receiptOf);
    const whole = again.filter((record) => record !== null);
    if (whole.length > 0) await log.append('onward.receipts', whole);
    counted.redriven += whole.length;
    counted.left += again.length - whole.length;
    const last = older[older.length - 1];
    if (last) done(last.position);
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
