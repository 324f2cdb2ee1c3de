import type { Input } from '../../core/input';
import { compileLadder, type Ladder } from '../../core/ladder';
import { type Simulation, simulate } from '../../core/simulate';
import { invocationView } from '../../core/view';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import { parseSandboxScript, type SandboxScript } from '../../schemas/sandbox-script';
import type { Mode, Reason } from '../../schemas/vocabulary';
import { definitionAt, EVERYWHERE, type Outcome, type Scenario, SEND_PATIENCE_MS, type TimedAction } from './scenario';

export const START_AT = Date.parse('2026-11-21T10:00:00.000Z');

export function testLadder(definition: FlowDefinition): Ladder {
  return ladderIn('test', definition);
}

/** With the providers that the steps name, instead of the sandbox for all. */
export function liveLadder(definition: FlowDefinition): Ladder {
  return ladderIn('live', definition);
}

function ladderIn(mode: Mode, definition: FlowDefinition): Ladder {
  const identity = { flowId: 'flw_1', workflowId: 'wf_1', version: 1, mode };
  return compileLadder(definition, identity, PROVIDER_CATALOG);
}

export function scriptsOf(sandbox: Record<string, string> = {}): Record<string, SandboxScript> {
  return Object.fromEntries(
    Object.entries(sandbox).map(([step, text]) => {
      const parsed = parseSandboxScript(text);
      if (!parsed.ok) throw new Error(parsed.message);
      return [step, parsed.script];
    }),
  );
}

export interface CoreOutcome extends Outcome, Simulation {}

/** Runs a scenario on the core alone, on a virtual clock. */
export async function runOnCore(scenario: Scenario): Promise<CoreOutcome> {
  const definition = definitionAt(scenario, START_AT);
  const ladder = testLadder(definition);
  const simulation = simulate(ladder, scriptsOf(scenario.sandbox), {
    startAt: START_AT,
    unaddressable: scenario.unaddressable,
    timezone: (scenario.recipient ?? EVERYWHERE).timezone ?? null,
    sendAt: scenario.sendAtMs === undefined ? null : START_AT + scenario.sendAtMs,
    blocked: blockedSteps(scenario, ladder),
    actions: (scenario.actions ?? []).map((action) => ({ afterMs: action.afterMs, input: inputOf(action) })),
    sendPatienceMs: SEND_PATIENCE_MS,
  });
  const meta = { id: 'inv_00000000000000000000000001', externalId: null, metadata: null, createdAt: START_AT };
  return { ...simulation, view: invocationView(simulation.state, meta), sent: sentOf(simulation) };
}

function blockedSteps(scenario: Scenario, ladder: Ladder): Record<string, Reason> {
  const blocked: Record<string, Reason> = {};
  for (const rung of ladder.rungs) {
    if (rung.kind !== 'send') continue;
    if (ladder.requireConsent) blocked[rung.name] = 'no_consent';
    else if (scenario.suppressed?.includes(rung.channel)) blocked[rung.name] = 'suppressed';
  }
  return blocked;
}

function inputOf(action: TimedAction): Input {
  if (action.do === 'cancel') return { type: 'CancelRequested' };
  if (action.do === 'complete') return { type: 'CompleteRequested' };
  const { step, attempt = null, status, reason = null, code = null } = action;
  const none = { at: null, providerMessageId: null, costMicros: null };
  return { type: 'ReceiptArrived', step, attempt, status, reason, code, ...none };
}

/** Every attempt requested, except those that nobody wanted any more or a gate held back. */
function sentOf({ events }: Simulation): string[] {
  const held = new Set(
    events.flatMap((event) =>
      event.type === 'StepSkipped' && event.attempt ? [`${event.step}#${event.attempt}`] : [],
    ),
  );
  return events
    .flatMap((event) => (event.type === 'AttemptRequested' ? [`${event.step}#${event.attempt}`] : []))
    .filter((send) => !held.has(send));
}
