import { type Example, loadExamples } from '../../examples/load';
import { SCENARIOS } from '../scenarios/all';
import type { Scenario } from '../scenarios/scenario';

/** What a run is given and meets; what must come of it is another test's. */
export type Recording = Omit<Scenario, 'rule' | 'expected'>;

/** Runs that take their course by themselves: every scenario that a real clock can run, and every example. */
export const RECORDINGS: readonly Recording[] = [
  ...SCENARIOS.filter((scenario) => !scenario.virtualClockOnly),
  ...examplesNamed('otp', [
    { title: 'reaches the person by its first step' },
    { title: 'falls back to the SMS', sandbox: { whatsapp: 'undelivered:unreachable@50ms' } },
    { title: 'is complete once the code was used', sandbox: { whatsapp: 'sent@50ms' }, actions: at(300, 'complete') },
  ]),
  ...examplesNamed('appointment', [
    { title: 'reaches the person by its first step' },
    {
      title: 'falls back twice',
      sandbox: {
        whatsapp: 'reject:not_on_channel',
        sms: 'sent@50ms, undelivered:unreachable@200ms',
        email: 'delivered@50ms',
      },
    },
  ]),
  ...examplesNamed('alert', [
    { title: 'reaches the person by its first step' },
    { title: 'sends SMS and e-mail at once', sandbox: { push: 'reject:unregistered', email: 'silent' } },
  ]),
  ...examplesNamed('marketing', [
    { title: 'reaches the person by its first step', hour: 12 },
    { title: 'waits for the morning, and is cancelled before', hour: 0, actions: at(300, 'cancel') },
  ]),
  {
    title: 'a send that was answered too late is found by a look-up',
    definition: { ...exampleNamed('otp').flow },
    variables: { code: '493021' },
    sandbox: { whatsapp: 'accept@1200ms, delivered@1400ms' },
  },
];

/** Of the templates that the examples name. */
export const EXAMPLE_TEMPLATES = loadExamples().flatMap(({ templates }) => templates);

interface OfExample extends Pick<Recording, 'title' | 'sandbox' | 'actions'> {
  /** Of the person's day. */
  hour?: number;
}

function examplesNamed(folder: string, runs: OfExample[]): Recording[] {
  const { flow, invocation } = exampleNamed(folder);
  const { workflowId, ...definition } = flow;
  return runs.map(({ title, hour = 12, ...run }) => ({
    ...run,
    title: `${workflowId} ${title}`,
    definition,
    recipient: { ...invocation.recipient, timezone: zoneWhereItIs(hour) },
    variables: invocation.variables ?? {},
  }));
}

function exampleNamed(folder: string): Example {
  const example = loadExamples().find((one) => one.folder === folder);
  if (!example) throw new Error(`there is no example ${folder}`);
  return example;
}

function at(afterMs: number, what: 'cancel' | 'complete'): Recording['actions'] {
  return [{ afterMs, do: what }];
}

/** Etc/GMT-3 is three hours east. */
function zoneWhereItIs(hour: number): string {
  let east = hour - new Date().getUTCHours();
  if (east > 12) east -= 24;
  if (east < -12) east += 24;
  return east === 0 ? 'Etc/GMT' : `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
}
