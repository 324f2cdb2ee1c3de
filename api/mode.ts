import { MODES, type Mode } from '../schemas/vocabulary';
import { seesOnlyOwn } from './access';
import type { Caller } from './caller';
import { problem } from './problem';
import type { ApiRequest, ApiResponse } from './route';

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
    response: problem(403, `A ${caller.mode} key of the role ${caller.role} is for ${caller.mode} only.`, { hint }),
  };
}

export const modeQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: { mode: { type: 'string', enum: MODES, description: 'Default: that of the key; of people live.' } },
} as const;
export interface ModeQuery {
  mode?: Mode;
}

/** The request as if its caller were of the mode that it asks for, or the 403. */
export function inMode<B, Q extends ModeQuery>(
  request: ApiRequest<B, Q>,
): { ok: true; request: ApiRequest<B, Q> } | { ok: false; response: ApiResponse } {
  const { caller, query } = request;
  if (query.mode === undefined || query.mode === caller.mode) return { ok: true, request };
  const chosen = modeOf(caller, query.mode);
  if (!chosen.ok) return chosen;
  return { ok: true, request: { ...request, caller: { ...caller, mode: chosen.mode, chosen: true } } };
}
