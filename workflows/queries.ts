import { defineQuery, setHandler } from '@temporalio/workflow';
import { dumpState } from '../core/state-json';
import type { Run } from './run';

const stateQuery = defineQuery<unknown>('state');

/** For whoever looks with Temporal's own tools: `temporal workflow query --type state`. */
export function answerQueries(run: Run): void {
  setHandler(stateQuery, () => JSON.parse(dumpState(run.state)));
}
