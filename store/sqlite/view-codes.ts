import type { InvocationStatus, Mode } from '../../schemas/vocabulary';

/** Written in files: a code never changes its meaning. */
export const STATUS_CODES = {
  running: 0,
  succeeded: 1,
  failed: 2,
  cancelled: 3,
  expired: 4,
} as const satisfies Record<InvocationStatus, number>;

/** Written in files: a code never changes its meaning. */
export const MODE_CODES = { live: 0, test: 1 } as const satisfies Record<Mode, number>;

/**
 * In the place of the mode: no list shows the run any more (retention), but its record or its events still stand, and
 * when they may go is known by its end here.
 */
export const UNLISTED = -1;
