import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { type AttemptCommand, attemptJob, suppressJob } from '../core/job';
import { isWanted } from '../core/pending';
import { rungNamed, stepAt } from '../core/state';
import type { EventRecord } from '../schemas/event';
import { type Answer, NOT_SENT, type RunActivities, sendQueueOf } from './contract';
import type { Inbox } from './inbox';
import type { Run } from './run';
import type { Turn } from './take-turn';
import { forgetUpTo, type Told } from './tell';

/** Over what a provider may take to answer: for what is done before it is called (temporal/run-activities.ts). */
const SEND_SLACK_MS = 10_000;
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const;

const world = proxyActivities<RunActivities>({ startToCloseTimeout: '30s', retry: RETRY });

/** Begins what was decided and stops the sends that nobody waits for any more. */
export function carryOut(run: Run, turn: Turn, told: Told | null, inbox: Inbox): void {
  let toTell = told;
  for (const command of turn.commands) {
    if (command.type === 'SuppressAddress') {
      begin(run, inbox, () => world.suppressAddress(suppressJob(run.id, run.state, command)));
    } else {
      beginAttempt(run, command, toTell, inbox);
      toTell = null;
    }
  }
  if (toTell) beginTelling(run, toTell, inbox);
  dropUnwanted(run);
}

function beginTelling(run: Run, { record, seq }: Told, inbox: Inbox): void {
  begin(run, inbox, async () => {
    await world.tell(record);
    forgetUpTo(run, seq);
  });
}

function beginAttempt(run: Run, command: AttemptCommand, told: Told | null, inbox: Inbox): void {
  run.answersDue++;
  const scope = new CancellationScope();
  if (command.type === 'Send') run.sending.push({ ...command, scope });
  begin(run, inbox, async () => {
    try {
      const answer = await scope.run(() => doAttempt(run, command, told?.record ?? null));
      if (told) forgetUpTo(run, told.seq);
      if (answer.input.type === 'SendDropped') inbox.outOfTime(answer.input);
      else inbox.answer(answer);
    } catch (error) {
      notMade(run, command, error, inbox);
    } finally {
      run.answersDue--;
      run.sending = run.sending.filter((sending) => sending.scope !== scope);
    }
  });
}

function doAttempt(run: Run, command: AttemptCommand, record: EventRecord | null): Promise<Answer> {
  const job = attemptJob(run.id, run.state, command);
  if (command.type === 'Lookup') return world.lookup(job, record);
  if (command.type === 'Recall') return world.recall(job, record);
  const { send } = proxyActivities<RunActivities>({
    taskQueue: sendQueueOf(workflowInfo().taskQueue, job.route),
    startToCloseTimeout: run.sendTimeoutMs + SEND_SLACK_MS,
    // One that has begun is seen through, one that waits for its turn is taken out of the queue.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    scheduleToStartTimeout: timeLeft(run),
    // What a worker began and did not end may have reached the provider: never again without asking.
    retry: { ...RETRY, nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] },
  });
  return send(job, record, run.state.expiresAt);
}

/** What is left of the whole flow's time; a send that gets no turn in it is not made. */
function timeLeft({ state }: Run): number | undefined {
  return state.expiresAt === null ? undefined : Math.max(state.expiresAt - Date.now(), 1);
}

/**
 * What becomes of a send that Temporal does not try again: since it was called off, its time was over, or its worker
 * died over it.
 * @throws for anything else: a bug, which fails the workflow task
 */
function notMade(run: Run, { type, step, attempt }: AttemptCommand, error: unknown, inbox: Inbox): void {
  if (isCancellation(error)) return inbox.answer({ at: run.now, input: { type: 'SendDropped', step, attempt } });
  if (type !== 'Send' || !(error instanceof ActivityFailure)) throw error;
  // Called off while a worker had it, it is not tried again, whatever came of that.
  inbox.outOfTime({ type: surelyNotSent(error.cause) ? 'SendDropped' : 'SendUncertain', step, attempt });
}

function surelyNotSent(cause: Error | undefined): boolean {
  if (cause instanceof ApplicationFailure) return cause.type === NOT_SENT;
  if (!(cause instanceof TimeoutFailure) || cause.timeoutType !== 'SCHEDULE_TO_START') return false;
  // No worker came to it; one may have come to it before, and have died over it.
  return cause.cause === undefined || surelyNotSent(cause.cause);
}

/** What has not been sent is not sent, once the run has ended or its step was left. */
function dropUnwanted(run: Run): void {
  for (const { step, attempt, scope } of run.sending) {
    const known = stepAt(run.state, rungNamed(run.state, step).index).attempts[attempt - 1];
    // There is a receipt for it already: its answer is on the way.
    const wasSent = known !== undefined && known.seen.length > 0;
    if (!wasSent && !isWanted(run.state, step, attempt)) scope.cancel();
  }
}

function begin(run: Run, inbox: Inbox, activity: () => Promise<void>): void {
  run.underWay++;
  activity().then(
    () => {
      run.underWay--;
      inbox.stir();
    },
    // Never thrown as it is: that would end the workflow as failed.
    (cause) => inbox.fail(new Error('an activity failed for good', { cause })),
  );
}
