import { ApplicationFailure, Context } from '@temporalio/activity';
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

/** The activities as Temporal calls them: again and again until one has an answer. */
export function createRunActivities({ activities, tell, clock }: RunActivityDeps): RunActivities {
  const answered = async (input: Promise<Answer['input']>): Promise<Answer> => ({ input: await input, at: clock() });
  return {
    async send(job, record) {
      const context = Context.current();
      const { attempt, heartbeatDetails } = context.info;
      // A worker died over it, or did not answer in time: then the provider may have it.
      const maybeSent = attempt > 1 && heartbeatDetails !== notSentIn(attempt - 1);
      try {
        if (record) await tell(record);
        return await answered(activities.send(job, { maybeSent }));
      } catch (error) {
        // It throws for what goes wrong before the provider is called, and for that alone.
        if (maybeSent) throw error;
        // For the next attempt; and for the workflow, where there will be none.
        context.heartbeat(notSentIn(attempt));
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

/** Of that attempt alone: what one leaves behind stands until another says something else, however many died meanwhile. */
function notSentIn(attempt: number): string {
  return `${NOT_SENT} in attempt ${attempt}`;
}
