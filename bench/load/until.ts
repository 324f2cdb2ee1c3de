import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until it holds. @throws Error with `what` where that takes longer than `withinMs` */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { what, everyMs, withinMs }: { what: string; everyMs: number; withinMs: number },
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await pause(everyMs);
  }
}
