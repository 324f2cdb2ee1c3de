import { setTimeout as pause } from 'node:timers/promises';

const MS = { patience: 500, look: 4 } as const;

/** How far the log is, how far the read model, and how to hasten it. */
export interface CatchUp {
  lastPosition(): number;
  foldedTo(): Promise<number>;
  wake(): void;
}

/**
 * Waits until the read model holds what stood in the log at the call, so that a list shows what was answered before it
 * was asked for. Under a load that the projection cannot follow it gives up after half a second: a list of a moment ago
 * is better than none.
 */
export async function caughtUp({ lastPosition, foldedTo, wake }: CatchUp): Promise<void> {
  const goal = lastPosition();
  if ((await foldedTo()) >= goal) return;
  wake();
  const until = Date.now() + MS.patience;
  while ((await foldedTo()) < goal && Date.now() < until) {
    await pause(MS.look);
  }
}
