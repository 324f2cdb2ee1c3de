import type { LiveSource } from '../../api/deps';
import { createRecentCount } from '../../api/recent-count';
import type { Lag, Log } from '../../log/contract';
import type { RecentSends } from '../../providers/recent-sends';
import type { Rooms } from './rooms';

const DEAD = 'onward.receipts.dead';

/** What the thread that follows the events tells of itself once a second. */
export interface Followed {
  /** Attempts since the last time. */
  callbacks: number;
  lagSeconds: number;
}

export interface LiveParts {
  lag(): Promise<Lag[]>;
  sends: RecentSends;
  engine: 'here' | 'temporal' | 'elsewhere';
}

/** What this process knows of now, for the live view. */
export function createLive({ log, local, providers, clock }: Rooms, { lag, sends, engine }: LiveParts) {
  const callbacks = createRecentCount(clock);
  let lagSeconds: number | null = null;
  const source: LiveSource = {
    lag,
    deadLetters: () => deadLetters(log, local?.log === log),
    sends: () => sends.of(providers.all()),
    followed: () => (lagSeconds === null ? null : { callbacksPerSecond: callbacks.perSecond(), lagSeconds }),
    sendsHere: engine === 'here',
    endsHere: engine === 'here',
    receiptsHere: engine !== 'elsewhere',
  };
  return {
    source,
    followed(told: Followed) {
      callbacks.add(told.callbacks);
      ({ lagSeconds } = told);
    },
  };
}

/** Those since the last redrive; before the first one all that there are. */
async function deadLetters(log: Log, onFile: boolean): Promise<number> {
  const redrive = (await log.lag()).filter(({ topic, group }) => topic === DEAD && group === 'redrive');
  if (redrive.length > 0) return redrive.reduce((sum, { records }) => sum + records, 0);
  // Kafka counts from 0, the file of this machine from 1.
  const ends = [...(await log.ends(DEAD)).values()];
  return ends.reduce((sum, end) => sum + end + (onFile ? 0 : 1), 0);
}
