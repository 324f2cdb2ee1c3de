import { ApplicationFailure } from '@temporalio/activity';
import type { Activities } from '../activities/contract';
import type { AttemptJob } from '../core/job';
import { routeAt } from '../core/ladder';
import { routed } from '../core/ladder-json';
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
 * Less than what Temporal gives a send over the provider's own time (workflows/carry-out.ts): past that it counts as
 * uncertain, and a provider that is called later still would be asked too early.
 */
const PREPARED_WITHIN_MS = 8_000;

/**
 * The activities as Temporal calls them: again and again until one has an answer. A send that a worker began and did
 * not end is never begun again: the workflow counts it as uncertain.
 */
export function createRunActivities({ activities, tell, clock }: RunActivityDeps): RunActivities {
  const answered = async (input: Promise<Answer['input']>): Promise<Answer> => ({ input: await input, at: clock() });
  return {
    async send(job, record, notAfter) {
      try {
        const givenUpAt = clock() + PREPARED_WITHIN_MS;
        if (record) await tell(record);
        const expiresAt = notAfter ?? Number.POSITIVE_INFINITY;
        const answer = await answered(
          activities.send(current(job), { maybeSent: false, notAfter: Math.min(expiresAt, givenUpAt) }),
        );
        if (answer.input.type === 'SendDropped' && clock() < expiresAt) throw new Error('it took too long to prepare');
        return answer;
      } catch (error) {
        // It throws for what goes wrong before the provider is called, and for that alone: it may be tried again.
        throw ApplicationFailure.fromError(error, { type: NOT_SENT });
      }
    },
    async lookup(job, record) {
      if (record) await tell(record);
      return answered(activities.lookup(current(job)));
    },
    async recall(job, record) {
      if (record) await tell(record);
      return answered(activities.recall(current(job)));
    },
    suppressAddress: (job) => activities.suppressAddress(job),
    tell,
  };
}

/** A job that was asked for when a step had one provider may be carried out now. */
function current(job: AttemptJob): AttemptJob {
  if (job.route !== undefined) return job;
  const rung = routed(job.rung);
  return { ...job, rung, route: routeAt(rung, 0) };
}
