import type { Mode } from '../schemas/vocabulary';
import { seesOnlyOwn } from './access';
import type { Caller } from './caller';
import { problem } from './problem';
import type { ApiResponse } from './route';

/**
 * Which of the two worlds a list shows: the caller's choice, live by default; of a test key, and of one that sees its own
 * runs alone, its own and no other.
 */
export function modeOf(
  caller: Caller,
  asked: Mode | undefined,
): { ok: true; mode: Mode } | { ok: false; response: ApiResponse } {
  if (asked === undefined || asked === caller.mode) return { ok: true, mode: caller.mode };
  if (caller.mode === 'live' && !seesOnlyOwn(caller)) return { ok: true, mode: asked };
  const hint = `Leave out “mode”, or use a ${asked} key.`;
  return {
    ok: false,
    response: problem(403, `A ${caller.mode} key of the role ${caller.role} sees ${caller.mode} only.`, { hint }),
  };
}
