import { actionsOf, type HistoryEvent } from '../../bench/temporal/actions';

/** Each kind of event has attributes of its own, by which it is known. */
const STARTED: HistoryEvent = { workflowExecutionStartedEventAttributes: {} };
const COMPLETED: HistoryEvent = { workflowExecutionCompletedEventAttributes: {} };
const SCHEDULED: HistoryEvent = { activityTaskScheduledEventAttributes: {} };
const SIGNALED: HistoryEvent = { workflowExecutionSignaledEventAttributes: {} };
const TIMER: HistoryEvent = { timerStartedEventAttributes: {} };

test('a start, an activity, a timer, a signal and a change of search attributes are billed, one action each', () => {
  const upserted: HistoryEvent = { upsertWorkflowSearchAttributesEventAttributes: {} };
  expect(actionsOf([STARTED, SCHEDULED, TIMER, SIGNALED, upserted, COMPLETED])).toBe(5);
});

test('what the server and the worker do between themselves is not billed', () => {
  const between: HistoryEvent[] = [
    { workflowTaskScheduledEventAttributes: {} },
    { workflowTaskStartedEventAttributes: {} },
    { workflowTaskCompletedEventAttributes: {} },
    { activityTaskCompletedEventAttributes: {} },
    { timerFiredEventAttributes: {} },
    { timerCanceledEventAttributes: {} },
    { activityTaskCancelRequestedEventAttributes: {} },
  ];
  expect(actionsOf([STARTED, ...between, COMPLETED])).toBe(1);
});

test('each further try of an activity is billed, though only the last one is in the history', () => {
  const tried = (attempt: number): HistoryEvent => ({ activityTaskStartedEventAttributes: { attempt } });
  expect(actionsOf([STARTED, SCHEDULED, tried(1)])).toBe(2);
  expect(actionsOf([STARTED, SCHEDULED, tried(4)])).toBe(5);
});

test('markers are billed once a workflow task', () => {
  const marker = (task: number): HistoryEvent => ({
    markerRecordedEventAttributes: { workflowTaskCompletedEventId: task as never },
  });
  expect(actionsOf([STARTED, marker(4), marker(4), marker(9)])).toBe(3);
});
