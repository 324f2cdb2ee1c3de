import { CancellationScope, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { nextWakeAt } from '../core/pending';
import { Alarm } from './alarm';
import { carryOut } from './carry-out';
import type { InvocationInput, InvocationResult } from './contract';
import { Inbox } from './inbox';
import { answerQueries } from './queries';
import { beginRun, carriedOf, isOver, type Run, resultOf } from './run';
import { showInSearch } from './search-attributes';
import { takeTurn } from './take-turn';
import { tell } from './tell';
import './short-traces';

/** How long the log may lag behind what was decided while an answer is waited for. */
const TOLD_WITHIN_MS = 1_000;

/**
 * One invocation, from its first send to the end of its ladder, as a durable workflow: it asks core/ what to do about
 * whatever happens, has that carried out, and waits for what happens next.
 */
export async function invocation(input: InvocationInput): Promise<InvocationResult> {
  // Before anything is waited for: a receipt may be here already.
  const inbox = new Inbox();
  const run = beginRun(input);
  answerQueries(run);
  // A cancellation by Temporal's own means is news like any other: what was sent is still seen through.
  inbox.hearCancellationOf(CancellationScope.current());
  await CancellationScope.nonCancellable(() => climb(run, inbox));
  if (!isOver(run)) await continueAsNew<typeof invocation>({ ...input, begin: carriedOf(run) });
  return resultOf(run);
}

/** Until the run is over, or its history is long enough to go on in a new one. */
async function climb(run: Run, inbox: Inbox): Promise<void> {
  const alarm = new Alarm(() => inbox.ring());
  for (;;) {
    const turn = takeTurn(run, inbox.empty());
    const told = tell(run, turn);
    carryOut(run, turn, told, inbox);
    showInSearch(run);
    alarm.set(wakeAt(run));
    if (told === null && run.untold.length > 0) alarm.setAtLatest(Date.now() + TOLD_WITHIN_MS);
    if (isOver(run) || (workflowInfo().continueAsNewSuggested && mayContinueAsNew(run))) return;
    await inbox.filled();
  }
}

/**
 * The time limit of the whole flow needs no timer of its own while a send is under way, since every send is given what
 * is left of it: one timer less in most histories.
 */
function wakeAt(run: Run): number | null {
  const at = nextWakeAt(run.state);
  return at === run.state.expiresAt && run.answersDue > 0 ? null : at;
}

/** What is under way is waited for: its answer could not find the new history. */
function mayContinueAsNew(run: Run): boolean {
  return run.underWay === 0 && run.state.status === 'running';
}
