import { decide } from '../../core/decide';
import type { Input } from '../../core/input';
import { compileLadder, type Ladder } from '../../core/ladder';
import { simulate } from '../../core/simulate';
import { initialState } from '../../core/state';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { parseSandboxScript, type SandboxScript } from '../../schemas/sandbox-script';
import { perSecond, whole } from '../amounts';
import { median } from '../load/percentile';
import type { Bench, Row } from '../row';

const STEPS = ['first', 'second', 'third'];
const START_AT = Date.UTC(2026, 0, 1);
const ROUNDS = 7;
const RUNS_A_ROUND = 50_000;
const GOALS = { stepsPerSecond: 500_000, simulatedMicros: 20 };

export async function core(bench: Bench): Promise<Row> {
  bench.say('core');
  const ladder = threeSteps();
  const inputs = inputsOf();
  const scripts = scriptsOf();
  const decideSeconds = rounds(() => drive(ladder, inputs));
  const simulateSeconds = rounds(() => void simulate(ladder, scripts, { startAt: START_AT }));
  const stepsPerSecond = (RUNS_A_ROUND * inputs.length) / decideSeconds;
  const micros = (simulateSeconds / RUNS_A_ROUND) * 1e6;
  return {
    row: 'core',
    title: 'Core alone, one thread, in memory',
    lines: [
      {
        what: 'decide + evolve',
        value: `${perSecond(stepsPerSecond)}`,
        result: perSecond(stepsPerSecond),
        goal: `>= ${perSecond(GOALS.stepsPerSecond)}`,
        met: stepsPerSecond >= GOALS.stepsPerSecond,
        figures: { stepsPerSecond },
      },
      {
        what: 'a simulated invocation of 3 steps',
        value: `${micros.toFixed(1)} us`,
        result: `${micros.toFixed(1)} us`,
        goal: `< ${GOALS.simulatedMicros} us`,
        met: micros < GOALS.simulatedMicros,
        figures: { micros },
      },
    ],
    notes: [
      `A step is one input decided and its events folded into the state. Both: a run over three rungs, two undelivered, the third delivered (${inputs.length} inputs); median of ${ROUNDS} rounds of ${whole(RUNS_A_ROUND)} runs, after a warm-up.`,
    ],
  };
}

/** Seconds that RUNS_A_ROUND runs take, the median of the rounds. */
function rounds(once: () => void): number {
  for (let n = 0; n < RUNS_A_ROUND; n++) once();
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    for (let n = 0; n < RUNS_A_ROUND; n++) once();
    seconds.push((performance.now() - startedAt) / 1000);
  }
  return median(seconds);
}

function drive(ladder: Ladder, inputs: readonly Input[]): void {
  let state = initialState(ladder);
  let now = START_AT;
  for (const input of inputs) {
    now += 1000;
    state = decide(state, input, now).state;
  }
  if (state.status !== 'succeeded') throw new Error(`the run is ${state.status}: this measures something else`);
}

function threeSteps(): Ladder {
  const steps = STEPS.map((name) => ({ name, channel: 'sms' as const, template: 'tpl', timeoutSeconds: 60 }));
  const identity = { flowId: 'flw_bench', workflowId: 'wf_bench', version: 1, mode: 'test' as const };
  return compileLadder({ name: 'core', purpose: 'otp', steps }, identity, PROVIDER_CATALOG);
}

function inputsOf(): Input[] {
  const inputs: Input[] = [{ type: 'Invoked', unaddressable: [], timezone: null, sendAt: null }];
  for (const step of STEPS) {
    const status = step === 'third' ? 'delivered' : 'undelivered';
    inputs.push({ type: 'SendAccepted', step, attempt: 1, providerMessageId: `msg_${step}`, costMicros: null });
    const receipt = { step, attempt: 1, status, reason: null, code: null, at: null } as const;
    inputs.push({ type: 'ReceiptArrived', ...receipt, providerMessageId: null, costMicros: null });
  }
  return inputs;
}

function scriptsOf(): Record<string, SandboxScript> {
  const texts = { first: 'undelivered@1s', second: 'undelivered@1s', third: 'delivered@1s' };
  return Object.fromEntries(
    Object.entries(texts).map(([step, text]) => {
      const parsed = parseSandboxScript(text);
      if (!parsed.ok) throw new Error(parsed.message);
      return [step, parsed.script];
    }),
  );
}
