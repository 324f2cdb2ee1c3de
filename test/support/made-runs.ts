import type { Ladder } from '../../core/ladder';
import { factsOf } from '../../core/run-facts';
import { initialState, type State } from '../../core/state';
import { dumpState } from '../../core/state-json';
import type { InvocationStatus } from '../../schemas/vocabulary';
import type { InvocationQuery, NewView, RunView, ViewBatch } from '../../store/contract';

/** A run of the read model whose state is made up of what it is searched by. */
export interface MadeRun {
  view: NewView;
  run: RunView;
  /** Before it is hashed. */
  recipient: string;
}

export interface Made {
  id: string;
  ladder: Ladder;
  keyId: string;
  externalId: string | null;
  recipient: string;
  createdAt: number;
  status: InvocationStatus;
  /** -1: nobody was reached. */
  reachedStep: number;
  late: boolean;
  duplicate: boolean;
  reason: State['endReason'];
}

/** A state that says so. */
export function madeState({ ladder, status, reachedStep, late, duplicate, reason, createdAt }: Made): State {
  const fresh = initialState(ladder);
  const attempt = { number: 1, provider: 'sandbox', route: 0, send: 'accepted', seen: [], requestedAt: createdAt };
  const reached = { ...attempt, late, reachedAt: createdAt + 5, finalAt: createdAt + 5, acceptedAt: createdAt + 1 };
  const at = reachedStep < 0 ? 0 : reachedStep;
  const attempts = late || reachedStep >= 0 ? [reached] : [];
  return {
    ...fresh,
    seq: 7,
    status,
    startedAt: createdAt,
    endedAt: status === 'running' ? null : createdAt + 10,
    reachedStep,
    reachedAt: reachedStep < 0 ? null : createdAt + 5,
    duplicate,
    endReason: reason,
    steps: fresh.steps.map((step, index) => {
      return index === at ? { ...step, attempts: attempts as unknown as State['steps'][number]['attempts'] } : step;
    }),
  };
}

export function madeRun(made: Made, hash: (address: string) => string): MadeRun {
  const { id, ladder, keyId, externalId, recipient, createdAt, status } = made;
  const state = madeState(made);
  const { flowId, workflowId, version: flowVersion, mode } = ladder;
  return {
    view: { id, flowId, workflowId, flowVersion, mode, keyId, externalId, createdAt, addressHashes: [hash(recipient)] },
    run: { id, status, endedAt: state.endedAt, seq: state.seq, state: dumpState(state), facts: factsOf(state) },
    recipient,
  };
}

export function batchOf(runs: readonly MadeRun[], position: number): ViewBatch {
  return {
    partition: 0,
    position,
    created: runs.map(({ view }) => view),
    runs: runs.map(({ run }) => run),
    messages: runs.map(({ view: { id } }) => {
      return { provider: 'sandbox', providerMessageId: `msg_${id}`, invocationId: id, step: 'whatsapp', attempt: 1 };
    }),
    contributions: [],
  };
}

/** The same by looking at each: what a search has to find, newest first. */
export function bruteSearch(runs: readonly MadeRun[], query: InvocationQuery): string[] {
  const found = runs.filter(({ view, run, recipient }) => {
    const { facts } = run;
    return (
      [
        [query.mode, view.mode],
        [query.keyId, view.keyId],
        [query.workflowId, view.workflowId],
        [query.flowVersion, view.flowVersion],
        [query.status, run.status],
        [query.recipient, recipient],
        [query.externalId, view.externalId],
        [query.providerMessageId, `msg_${view.id}`],
        [query.late, facts.late],
        [query.duplicate, facts.duplicate],
        [query.lateOrDuplicate, facts.late || facts.duplicate],
        [query.reachedStep, facts.reachedStep],
        [query.reachedChannel, facts.reachedChannel],
        [query.reason, facts.reason],
      ].every(([wanted, is]) => wanted === undefined || wanted === is) && inTime(query, view.createdAt)
    );
  });
  return found.sort(newestFirst).map(({ view }) => view.id);
}

function inTime({ createdFrom, createdTo }: InvocationQuery, at: number): boolean {
  return at >= (createdFrom ?? at) && at <= (createdTo ?? at);
}

/** Of one moment the one that was folded in later. */
function newestFirst(a: MadeRun, b: MadeRun): number {
  return b.view.createdAt - a.view.createdAt || (a.view.id < b.view.id ? 1 : -1);
}
