import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { actionsOf } from './actions';

/** What one run has cost the Temporal server, by its own account. */
export interface HistorySize {
  events: number;
  /** Billable in Temporal Cloud. */
  actions: number;
  bytes: number;
  /** Each is a write to the server's store. */
  stateTransitions: number;
}

const CLOSES_WITHIN_MS = 10_000;

/** Of a run that has ended: its workflow closes with the same task. */
export async function historySizeOf(client: Client, id: string): Promise<HistorySize> {
  const handle = client.workflow.getHandle(id);
  const info = await closed(handle);
  const { events } = await handle.fetchHistory();
  return {
    events: events?.length ?? 0,
    actions: actionsOf(events ?? []),
    bytes: Number(info?.historySizeBytes ?? Number.NaN),
    stateTransitions: Number(info?.stateTransitionCount ?? Number.NaN),
  };
}

/** Not by its result, which is encrypted. */
async function closed(handle: WorkflowHandle) {
  const until = Date.now() + CLOSES_WITHIN_MS;
  for (;;) {
    const { status, raw } = await handle.describe();
    if (status.name === 'COMPLETED') return raw.workflowExecutionInfo;
    if (Date.now() > until) throw new Error(`the workflow ${handle.workflowId} is ${status.name}`);
    await pause(20);
  }
}
