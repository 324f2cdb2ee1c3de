import { ApplicationFailure } from '@temporalio/activity';
import type { Activities } from '../activities/contract';
import type { EventRecord } from '../schemas/event';
import { type Answer, NOT_SENT, type RunActivities } from '../workflows/contract';

export interface RunActivityDeps {
  activities: Activities;
  /** Resolves once the log has the record. */
  tell(record: EventRecord): Promise<void>;
  /** Milliseconds since 1970. */
  clock(): number;
}

/**
 * The activities as Temporal calls them: again and again until one has an answer. A send that a worker began and did
 * not end is never begun again: the workflow counts it as uncertain.
 */
export function createRunActivities({ activities, tell, clock }: RunActivityDeps): RunActivities {
  const answered = async (input: Promise<Answer['input']>): Promise<Answer> => ({ input: await input, at: clock() });
  return {
    async send(job, record, notAfter) {
      try {
        if (record) await tell(record);
        if (notAfter !== null && clock() >= notAfter) {
          return { at: clock(), input: { type: 'SendDropped', step: job.rung.name, attempt: job.attempt } };
        }
        return await answered(activities.send(job, { maybeSent: false }));
      } catch (error) {
        // It throws for what goes wrong before the provider is called, and for that alone: it may be tried again.
        throw ApplicationFailure.fromError(error, { type: NOT_SENT });
      }
    },
    async lookup(job, record) {
      if (record) await tell(record);
      return answered(activities.lookup(job));
    },
    async recall(job, record) {
      if (record) await tell(record);
      return answered(activities.recall(job));
    },
    suppressAddress: (job) => activities.suppressAddress(job),
    tell,
  };
}
