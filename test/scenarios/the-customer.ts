import { EVERYWHERE, flow, type Scenario, step } from './scenario';

const OTP = flow([step('whatsapp'), step('sms')]);
const HOUR_MS = 3_600_000;

function utcClock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** Rule 11, and when a message may go out at all: cancel, complete, a scheduled start, quiet hours. */
export const CUSTOMER_SCENARIOS: Scenario[] = [
  {
    title: 'a cancel stops what has not been sent',
    rule: 11,
    definition: OTP,
    sandbox: { whatsapp: 'silent' },
    actions: [{ afterMs: 300, do: 'cancel' }],
    expected: {
      events: [
        'InvocationStarted',
        'StepStarted whatsapp',
        'AttemptRequested whatsapp',
        'AttemptAccepted whatsapp',
        'InvocationCancelled',
      ],
      status: 'cancelled',
      reached: null,
      attempts: ['whatsapp#1 accepted'],
      costMicros: 35_500,
    },
  },
  {
    title: 'a second cancel and a complete after it change nothing',
    rule: 11,
    definition: OTP,
    sandbox: { whatsapp: 'silent' },
    actions: [
      { afterMs: 200, do: 'cancel' },
      { afterMs: 400, do: 'cancel' },
      { afterMs: 600, do: 'complete' },
    ],
    expected: {
      events: [
        'InvocationStarted',
        'StepStarted whatsapp',
        'AttemptRequested whatsapp',
        'AttemptAccepted whatsapp',
        'InvocationCancelled',
      ],
      status: 'cancelled',
      reached: null,
      attempts: ['whatsapp#1 accepted'],
      costMicros: 35_500,
    },
  },
  {
    title: 'a delivery after a cancel is recorded as late',
    rule: 11,
    definition: OTP,
    sandbox: { whatsapp: 'delivered@500ms' },
    actions: [{ afterMs: 200, do: 'cancel' }],
    expected: {
      events: [
        'InvocationStarted',
        'StepStarted whatsapp',
        'AttemptRequested whatsapp',
        'AttemptAccepted whatsapp',
        'InvocationCancelled',
        'LateReceiptRecorded whatsapp delivered',
      ],
      status: 'cancelled',
      reached: 'whatsapp',
      attempts: ['whatsapp#1 delivered late'],
      costMicros: 35_500,
    },
  },
  {
    title: 'a complete ends the ladder as succeeded',
    rule: 11,
    definition: OTP,
    sandbox: { whatsapp: 'silent' },
    actions: [{ afterMs: 300, do: 'complete' }],
    expected: {
      events: [
        'InvocationStarted',
        'StepStarted whatsapp',
        'AttemptRequested whatsapp',
        'AttemptAccepted whatsapp',
        'InvocationSucceeded',
      ],
      status: 'succeeded',
      reached: null,
      attempts: ['whatsapp#1 accepted'],
      costMicros: 35_500,
    },
  },
  {
    title: 'a cancel before the scheduled start sends nothing at all',
    rule: 11,
    definition: OTP,
    sendAtMs: 60_000,
    actions: [{ afterMs: 200, do: 'cancel' }],
    expected: {
      events: ['InvocationStarted', 'StepDeferred whatsapp', 'InvocationCancelled'],
      status: 'cancelled',
      reached: null,
      attempts: [],
      costMicros: 0,
    },
  },
  {
    title: 'a scheduled start is held until its time',
    rule: 11,
    definition: OTP,
    sendAtMs: 500,
    expected: {
      events: [
        'InvocationStarted',
        'StepDeferred whatsapp',
        'StepStarted whatsapp',
        'AttemptRequested whatsapp',
        'AttemptAccepted whatsapp',
        'ReceiptRecorded whatsapp delivered',
        'StepSucceeded whatsapp delivered',
        'InvocationSucceeded whatsapp',
      ],
      status: 'succeeded',
      reached: 'whatsapp',
      attempts: ['whatsapp#1 delivered'],
      costMicros: 35_500,
    },
  },
  {
    title: 'quiet hours hold back a message for marketing',
    rule: 12,
    definition: (now) =>
      flow([step('email')], {
        purpose: 'marketing',
        quietHours: { from: utcClock(now - HOUR_MS), to: utcClock(now + HOUR_MS), timezone: 'UTC' },
      }),
    actions: [{ afterMs: 300, do: 'cancel' }],
    expected: {
      events: ['InvocationStarted', 'StepDeferred email quiet_hours', 'InvocationCancelled'],
      status: 'cancelled',
      reached: null,
      attempts: [],
      costMicros: 0,
    },
  },
  {
    title: 'a message held back by quiet hours is sent when they are over',
    rule: 12,
    definition: (now) =>
      flow([step('email')], {
        purpose: 'marketing',
        quietHours: { from: utcClock(now - HOUR_MS), to: utcClock(now + HOUR_MS), timezone: 'recipient' },
      }),
    recipient: { ...EVERYWHERE, timezone: 'UTC' },
    virtualClockOnly: true,
    expected: {
      events: [
        'InvocationStarted',
        'StepDeferred email quiet_hours',
        'StepStarted email',
        'AttemptRequested email',
        'AttemptAccepted email',
        'ReceiptRecorded email delivered',
        'StepSucceeded email delivered',
        'InvocationSucceeded email',
      ],
      status: 'succeeded',
      reached: 'email',
      attempts: ['email#1 delivered'],
      costMicros: 500,
    },
  },
  {
    title: 'quiet hours hold back no one-time password',
    rule: 12,
    definition: (now) =>
      flow([step('sms')], {
        purpose: 'otp',
        quietHours: { from: utcClock(now - HOUR_MS), to: utcClock(now + HOUR_MS), timezone: 'UTC' },
      }),
    expected: {
      events: [
        'InvocationStarted',
        'StepStarted sms',
        'AttemptRequested sms',
        'AttemptAccepted sms',
        'ReceiptRecorded sms delivered',
        'StepSucceeded sms delivered',
        'InvocationSucceeded sms',
      ],
      status: 'succeeded',
      reached: 'sms',
      attempts: ['sms#1 delivered'],
      costMicros: 35_500,
    },
  },
];
