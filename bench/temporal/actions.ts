import type { temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * What a history costs in Temporal Cloud's billable actions, for what a workflow of ours can have in it: its start, each
 * activity and each further try of it, timers, signals, changes of search attributes (those given at the start are
 * free), and markers, which count once a workflow task. Not in any history: heartbeats, queries, and a tenth on top for
 * every action where fairness is switched on.
 * @see https://docs.temporal.io/evaluate/cloud/actions
 */
export function actionsOf(events: readonly HistoryEvent[]): number {
  const tasksWithMarkers = new Set<string>();
  let actions = 0;
  for (const event of events) {
    if (
      event.workflowExecutionStartedEventAttributes ||
      event.activityTaskScheduledEventAttributes ||
      event.timerStartedEventAttributes ||
      event.workflowExecutionSignaledEventAttributes ||
      event.upsertWorkflowSearchAttributesEventAttributes
    ) {
      actions += 1;
    }
    // Tries that failed have no event of their own: the last one says how many there were.
    actions += Math.max((event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1, 0);
    const marker = event.markerRecordedEventAttributes;
    if (marker) tasksWithMarkers.add(String(marker.workflowTaskCompletedEventId));
  }
  return actions + tasksWithMarkers.size;
}
