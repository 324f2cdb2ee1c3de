import { compileLadder } from '../../core/ladder';
import { type SimulateOptions, simulate } from '../../core/simulate';
import { invocationView } from '../../core/view';
import { toWire } from '../../core/wire';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { WireEvent } from '../../schemas/event';
import type { FlowDefinition } from '../../schemas/flow';
import type { InvocationView } from '../../schemas/invocation';
import { parseSandboxScript } from '../../schemas/sandbox-script';

export const STARTED_AT = Date.parse('2026-11-21T10:00:00.000Z');

/** A run of the flow in test mode on a virtual clock, as the API would answer it. */
export function simulated(
  definition: FlowDefinition,
  scripts: Record<string, string>,
  options: Partial<SimulateOptions> = {},
): { view: InvocationView; events: WireEvent[] } {
  const identity = { flowId: 'flw_1', workflowId: 'wf_otp', version: 1, mode: 'test' } as const;
  const ladder = compileLadder(definition, identity, PROVIDER_CATALOG);
  const parsed = Object.entries(scripts).map(([step, text]) => {
    const result = parseSandboxScript(text);
    if (!result.ok) throw new Error(result.message);
    return [step, result.script] as const;
  });
  const { state, events } = simulate(ladder, Object.fromEntries(parsed), { startAt: STARTED_AT, ...options });
  const meta = { id: 'inv_01J', externalId: null, metadata: null, createdAt: STARTED_AT };
  return { view: invocationView(state, meta), events: events.map((event) => toWire(event, ladder)) };
}
