import { setTimeout as pause } from 'node:timers/promises';
import type { CatchUp } from './contract';

const MS = { patience: 500, look: 4 } as const;

/**
 * Waits until the read model holds what stood in the log at the call, so that a list shows what was answered before it
 * was asked for. Under a load that the projection cannot follow it gives up after half a second: a list of a moment ago
 * is better than none.
 * @param wake hastens the projection
 */
export async function caughtUp({ ends, foldedTo, wake }: CatchUp & { wake(): void }): Promise<void> {
  let goals = [...(await ends())];
  const behind = async () => {
    const reached = await Promise.all(goals.map(([partition]) => foldedTo(partition)));
    goals = goals.filter(([, goal], n) => (reached[n] ?? Number.NEGATIVE_INFINITY) < goal);
    return goals.length > 0;
  };
  if (!(await behind())) return;
  wake();
  const until = Date.now() + MS.patience;
  while ((await behind()) && Date.now() < until) {
    await pause(MS.look);
  }
}
