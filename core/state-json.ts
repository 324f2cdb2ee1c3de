import type { Ladder } from './ladder';
import { type AttemptState, initialState, type State, type StepState } from './state';

/**
 * A state as JSON without its ladder and without what is as it was at the start, which is most of it: a run of two
 * steps takes about 500 bytes. A field that a later version adds is read from an older state as its initial value.
 */
export function dumpState(state: State): string {
  const fresh = initialState(state.ladder);
  const { ladder: _ladder, steps, ...rest } = state;
  return JSON.stringify({
    ...changedFrom(fresh, rest),
    steps: steps.map((step, index) => dumpStep(step, fresh.steps[index])),
  });
}

/** @throws SyntaxError for what dumpState did not write */
export function loadState(ladder: Ladder, json: string): State {
  const { steps, ...rest } = JSON.parse(json) as Partial<State> & { steps: Partial<StepState>[] };
  const fresh = initialState(ladder);
  return {
    ...fresh,
    ...rest,
    steps: fresh.steps.map((step, index) => {
      const { attempts, ...changed } = steps[index] ?? {};
      return attempts ? { ...step, ...changed, attempts: attempts.map(loadAttempt) } : { ...step, ...changed };
    }),
  };
}

function dumpStep(step: StepState, fresh: StepState | undefined): object {
  if (step === fresh || !fresh) return fresh ? {} : step;
  const { attempts, ...rest } = step;
  const changed = changedFrom(fresh, rest);
  if (attempts.length > 0) changed.attempts = attempts.map((attempt) => changedFrom(FRESH_ATTEMPT, attempt));
  return changed;
}

/** What an attempt has before anything happened to it; the rest stands in its JSON always. */
const FRESH_ATTEMPT = {
  route: 0,
  delivery: null,
  read: false,
  clicked: false,
  replied: false,
  reason: null,
  code: null,
  providerMessageId: null,
  acceptedAt: null,
  finalAt: null,
  reachedAt: null,
  costMicros: 0,
  late: false,
  uncertain: false,
  duplicateRisk: false,
  recall: null,
  reconciled: false,
} as const satisfies Partial<AttemptState>;

function loadAttempt(changed: AttemptState): AttemptState {
  return { ...FRESH_ATTEMPT, ...changed };
}

function changedFrom<T extends object>(fresh: Partial<T>, value: T): Partial<T> & Record<string, unknown> {
  const changed: Partial<T> & Record<string, unknown> = {};
  for (const key in value) {
    if (value[key] !== fresh[key]) (changed as Partial<T>)[key] = value[key];
  }
  return changed;
}
