import type { ProjectionSteps } from './contract';

const MS = {
  /**
   * How long records gather: most runs are over within that time, and one that is folded in whole is written once
   * instead of once a decision. Who cannot wait wakes the loop.
   */
  poll: 100,
  retry: 200,
  checkpoint: 250,
} as const;

export interface ProjectionLoop {
  /** Somebody waits for what is in the log now. */
  wake(): void;
  /** Lets the batch in hand finish. */
  stop(): void;
  /** Resolves after `stop`. */
  done: Promise<void>;
}

/** Steps while there is something new, else waits to be woken. @param onFault told when a step failed; it is tried again */
export function createProjectionLoop(projector: ProjectionSteps, onFault: (error: unknown) => void): ProjectionLoop {
  let woken = false;
  let stopped = false;
  let endWait: () => void = () => {};
  let checkpointAt = 0;

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, ms);
      endWait = end;
      function end(): void {
        clearTimeout(timer);
        resolve();
      }
    });
  }

  async function attempt(): Promise<void> {
    try {
      const more = await projector.step();
      if (Date.now() >= checkpointAt) {
        projector.checkpoint();
        checkpointAt = Date.now() + MS.checkpoint;
      }
      if (more || stopped) return;
    } catch (error) {
      onFault(error);
      await wait(MS.retry);
      return;
    }
    if (!woken) await wait(MS.poll);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false;
      await attempt();
    }
  }

  return {
    wake() {
      if (woken) return;
      woken = true;
      endWait();
    },
    stop() {
      stopped = true;
      endWait();
    },
    done: run(),
  };
}
