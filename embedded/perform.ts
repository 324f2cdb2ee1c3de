import type { Activities } from '../activities/contract';
import type { Command } from '../core/command';
import { answerOf, type Input } from '../core/input';
import { type AttemptCommand, attemptJob, suppressJob } from '../core/job';
import { isWanted } from '../core/pending';
import type { Run } from './run';

/** Carries a command out and says what came of it; null where that is nothing the run has to know. */
export async function perform(activities: Activities, run: Run, command: Command): Promise<Input | null> {
  if (command.type === 'SuppressAddress') {
    await activities.suppressAddress(suppressJob(run.id, run.state, command));
    return null;
  }
  const job = attemptJob(run.id, run.state, command);
  if (command.type === 'Lookup') return activities.lookup(job);
  if (command.type === 'Recall') return activities.recall(job);
  // While it waited for its turn the invocation may have ended: what has not been sent is not sent.
  if (!isWanted(run.state, command.step, command.attempt)) return dropped(command);
  return activities.send(job, { maybeSent: false });
}

/** The same after a restart: a send that had been decided may have reached the provider. */
export async function performAgain(activities: Activities, run: Run, command: Command): Promise<Input | null> {
  if (command.type !== 'Send') return perform(activities, run, command);
  const job = attemptJob(run.id, run.state, command);
  if (isWanted(run.state, command.step, command.attempt)) return activities.send(job, { maybeSent: true });
  const { outcome } = await activities.lookup(job);
  return outcome.known === 'no' ? dropped(command) : answerOf(outcome, command);
}

function dropped({ step, attempt }: AttemptCommand): Input {
  return { type: 'SendDropped', step, attempt };
}
