import { DEFAULT_SANDBOX_SCRIPT, parseSandboxScript, type SandboxScript } from '../schemas/sandbox-script';
import type { Reason, ReceiptStatus } from '../schemas/vocabulary';
import type { Command } from './command';
import { decide } from './decide';
import type { Event } from './event';
import type { Input } from './input';
import type { Ladder } from './ladder';
import { isWanted, nextWakeAt } from './pending';
import { initialState, type State } from './state';

export interface SimulateOptions {
  /** The virtual clock's first moment, in ms since 1970. */
  startAt: number;
  /** Names of steps that the recipient has no address for. */
  unaddressable?: readonly string[];
  timezone?: string | null;
  sendAt?: number | null;
  /** What a gate (consent, suppression, presence) says, by step name. */
  blocked?: Readonly<Record<string, Reason>>;
  /** What happens from outside, in ms after the start: a cancel, a complete, a receipt of one's own. */
  actions?: readonly { afterMs: number; input: Input }[];
  /** How long a send that hangs is waited for. */
  sendPatienceMs?: number;
}

export interface Simulation {
  state: State;
  events: Event[];
}

/** The patience with a provider that does not answer, as ONWARD_SEND_TIMEOUT_SECONDS has it by default. */
const SEND_PATIENCE_MS = 10_000;
const DEFAULT_SCRIPT = defaultScript();

interface Due {
  at: number;
  input: Input;
}

interface Run {
  state: State;
  now: number;
  readonly events: Event[];
  /** What is to come, the earliest first; what is due at one time stays in the order it was put in. */
  readonly queue: Due[];
  readonly scripts: Readonly<Record<string, SandboxScript>>;
  readonly options: SimulateOptions;
}

/**
 * One invocation on a virtual clock, by the same rules as a real one: it plays each step's sandbox script
 * (delivered after 100 ms where there is none) until nothing more can happen, late receipts included.
 */
export function simulate(
  ladder: Ladder,
  scripts: Readonly<Record<string, SandboxScript>>,
  options: SimulateOptions,
): Simulation {
  const run: Run = { state: initialState(ladder), now: options.startAt, events: [], queue: [], scripts, options };
  const { unaddressable = [], timezone = null, sendAt = null, actions = [] } = options;
  for (const { afterMs, input } of actions) put(run, options.startAt + afterMs, input);
  apply(run, { type: 'Invoked', unaddressable: unaddressable.slice(), timezone, sendAt });
  for (;;) {
    const due = run.queue[0];
    const wakeAt = nextWakeAt(run.state);
    if (due !== undefined && (wakeAt === null || due.at <= wakeAt)) {
      run.queue.shift();
      run.now = due.at;
      apply(run, due.input);
    } else if (wakeAt !== null) {
      run.now = Math.max(run.now, wakeAt);
      apply(run, { type: 'TimerFired' });
    } else {
      return { state: run.state, events: run.events };
    }
  }
}

function apply(run: Run, input: Input): void {
  const { state, events, commands } = decide(run.state, input, run.now);
  run.state = state;
  for (const event of events) run.events.push(event);
  for (const command of commands) carryOut(run, command);
}

function carryOut(run: Run, command: Command): void {
  const { step } = command;
  if (command.type === 'Send') send(run, step, command.attempt);
  else if (command.type === 'Recall') recall(run, step, command.attempt);
  else if (command.type === 'Lookup') {
    // The sandbox does not know of a send that it let hang.
    put(run, run.now, { type: 'LookupAnswered', step, attempt: command.attempt, outcome: { known: 'unknown' } });
  }
}

function send(run: Run, step: string, attempt: number): void {
  const blocked = own(run.options.blocked, step);
  if (!isWanted(run.state, step, attempt)) put(run, run.now, { type: 'SendDropped', step, attempt });
  else if (blocked !== undefined) put(run, run.now, { type: 'SendBlocked', step, attempt, reason: blocked });
  else play(run, step, attempt, own(run.scripts, step) ?? DEFAULT_SCRIPT);
}

function play(run: Run, step: string, attempt: number, { answer, early, receipts }: SandboxScript): void {
  for (const { status, reason } of early) putReceipt(run, run.now, step, attempt, status, reason);
  if (answer.type === 'reject') {
    const { reason } = answer;
    put(run, run.now, { type: 'SendRejected', step, attempt, reason, code: null, retryAfterMs: null });
    return;
  }
  const acceptedAt = run.now + (answer.type === 'accept' ? answer.afterMs : 0);
  if (answer.type === 'accept') {
    put(run, acceptedAt, { type: 'SendAccepted', step, attempt, providerMessageId: null, costMicros: null });
  } else {
    put(run, run.now + (run.options.sendPatienceMs ?? SEND_PATIENCE_MS), { type: 'SendUncertain', step, attempt });
  }
  for (const { status, reason, afterMs } of receipts) {
    putReceipt(run, acceptedAt + afterMs, step, attempt, status, reason);
  }
}

/** The sandbox takes back what was not delivered yet; its receipts do not come then. */
function recall(run: Run, step: string, attempt: number): void {
  const seen = run.state.steps[run.state.ladder.indexByName.get(step) ?? -1]?.attempts[attempt - 1]?.seen ?? [];
  if (seen.some((receipt) => PROOFS.has(receipt))) {
    put(run, run.now, { type: 'RecallFailed', step, attempt, code: null });
    return;
  }
  for (let n = run.queue.length - 1; n >= 0; n--) {
    const input = run.queue[n]?.input;
    if (input?.type === 'ReceiptArrived' && input.step === step && input.attempt === attempt) run.queue.splice(n, 1);
  }
  put(run, run.now, { type: 'RecallConfirmed', step, attempt });
}

/** Receipts that prove delivery. */
const PROOFS: ReadonlySet<string> = new Set(['delivered', 'read', 'clicked', 'replied']);

function putReceipt(
  run: Run,
  at: number,
  step: string,
  attempt: number,
  status: ReceiptStatus,
  reason: Reason | null,
): void {
  put(run, at, {
    type: 'ReceiptArrived',
    step,
    attempt,
    status,
    reason,
    code: null,
    at,
    providerMessageId: null,
    costMicros: null,
  });
}

/** Nearly always the last place is the right one: the queue is short, and what is put in is due later. */
function put(run: Run, at: number, input: Input): void {
  const { queue } = run;
  let place = queue.length;
  while (place > 0 && (queue[place - 1] as Due).at > at) place--;
  if (place === queue.length) queue.push({ at, input });
  else queue.splice(place, 0, { at, input });
}

/** A step may be named like a property that every object has. */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function defaultScript(): SandboxScript {
  const parsed = parseSandboxScript(DEFAULT_SANDBOX_SCRIPT);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.script;
}
