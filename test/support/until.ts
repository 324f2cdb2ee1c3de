import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** Looks until it holds. @throws Error that names what was waited for in vain */
export async function until(holds: () => boolean | Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await holds()); await pause(LOOK_EVERY_MS)) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}
