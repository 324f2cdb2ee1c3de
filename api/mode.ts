import type { Mode } from '../schemas/vocabulary';
import type { ApiKey } from '../store/contract';
import { problem } from './problem';
import type { ApiResponse } from './route';

/**
 * Which of the two worlds a list shows: an owner's choice, live by default; of any other key its own and no other.
 */
export function modeOf(
  key: ApiKey,
  asked: Mode | undefined,
): { ok: true; mode: Mode } | { ok: false; response: ApiResponse } {
  if (asked === undefined || asked === key.mode) return { ok: true, mode: key.mode };
  if (key.role === 'owner' && key.mode === 'live') return { ok: true, mode: asked };
  const hint = `Leave out “mode”, or use a ${asked} key.`;
  return {
    ok: false,
    response: problem(403, `A ${key.mode} key of the role ${key.role} sees ${key.mode} only.`, { hint }),
  };
}
