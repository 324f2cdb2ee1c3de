import type { Timers } from './timers';
import type { Teller } from './told-once';

const AGAIN_MS = 1_000;

export interface RoundsOptions {
  timers: Timers;
  teller: Teller;
  /** @returns how long nothing has to be done, in ms, unless somebody wakes us */
  round(): Promise<number>;
}

export interface Rounds {
  wake(): void;
  /** Resolves once the round in hand is over; there is no other. */
  stop(): Promise<void>;
}

/** One round after the other, with a rest in between that anybody may end. A round that fails is told and made again. */
export function startRounds({ timers, teller, round }: RoundsOptions): Rounds {
  let stopped = false;
  let woken = false;
  let endRest: () => void = () => {};

  function wake(): void {
    woken = true;
    endRest();
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timers.after(ms, resolve);
      endRest = () => {
        cancel();
        resolve();
      };
    });
  }

  async function attempt(): Promise<number> {
    try {
      const restMs = await round();
      teller.well('');
      return restMs;
    } catch (error) {
      teller.ill('', 'callbacks wait', error);
      return AGAIN_MS;
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false;
      const restMs = await attempt();
      if (restMs > 0 && !woken && !stopped) await rest(restMs);
    }
  }

  const running = run();
  return {
    wake,
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}
