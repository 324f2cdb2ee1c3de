import { DEFAULT_SANDBOX_SCRIPT, parseSandboxScript, type SandboxScript } from '../schemas/sandbox-script';
import type { Reason, ReceiptStatus } from '../schemas/vocabulary';
import type { Event } from './event';
import type { Input } from './input';
import type { Ladder } from './ladder';
import type { State } from './state';
import { playOut, put, type VirtualRun, virtualRun, type World, withdrawReceipts } from './virtual-run';

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

/**
 * One invocation on a virtual clock, by the same rules as a real one: it plays each step's sandbox script
 * (delivered after 100 ms where there is none) until nothing more can happen, late receipts included.
 */
export function simulate(
  ladder: Ladder,
  scripts: Readonly<Record<string, SandboxScript>>,
  options: SimulateOptions,
): Simulation {
  const run = virtualRun(ladder, options.startAt);
  const { unaddressable = [], timezone = null, sendAt = null, actions = [] } = options;
  for (const { afterMs, input } of actions) put(run, options.startAt + afterMs, input);
  const invoked = { type: 'Invoked', unaddressable: unaddressable.slice(), timezone, sendAt } as const;
  playOut(run, sandboxWorld(scripts, options), invoked);
  return { state: run.state, events: run.events };
}

function sandboxWorld(scripts: Readonly<Record<string, SandboxScript>>, options: SimulateOptions): World {
  const patienceMs = options.sendPatienceMs ?? SEND_PATIENCE_MS;
  return {
    send(run, step, attempt) {
      const blocked = own(options.blocked, step);
      if (blocked !== undefined) put(run, run.now, { type: 'SendBlocked', step, attempt, reason: blocked });
      else play(run, step, attempt, own(scripts, step) ?? DEFAULT_SCRIPT, patienceMs);
    },
    recall,
    lookup(run, step, attempt) {
      // The sandbox does not know of a send that it let hang.
      put(run, run.now, { type: 'LookupAnswered', step, attempt, outcome: { known: 'unknown' } });
    },
  };
}

function play(
  run: VirtualRun,
  step: string,
  attempt: number,
  { answer, early, receipts }: SandboxScript,
  patienceMs: number,
): void {
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
    put(run, run.now + patienceMs, { type: 'SendUncertain', step, attempt });
  }
  for (const { status, reason, afterMs } of receipts) {
    putReceipt(run, acceptedAt + afterMs, step, attempt, status, reason);
  }
}

/** The sandbox takes back what was not delivered yet; its receipts do not come then. */
function recall(run: VirtualRun, step: string, attempt: number): void {
  const seen = run.state.steps[run.state.ladder.indexByName.get(step) ?? -1]?.attempts[attempt - 1]?.seen ?? [];
  if (seen.some((receipt) => PROOFS.has(receipt))) {
    put(run, run.now, { type: 'RecallFailed', step, attempt, code: null });
    return;
  }
  withdrawReceipts(run, step, attempt, run.now);
  put(run, run.now, { type: 'RecallConfirmed', step, attempt });
}

/** Receipts that prove delivery. */
const PROOFS: ReadonlySet<string> = new Set(['delivered', 'read', 'clicked', 'replied']);

function putReceipt(
  run: VirtualRun,
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

/** A step may be named like a property that every object has. */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function defaultScript(): SandboxScript {
  const parsed = parseSandboxScript(DEFAULT_SANDBOX_SCRIPT);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.script;
}
