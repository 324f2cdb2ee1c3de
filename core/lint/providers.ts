import type { Finding, LintSubject, PlacedCarrier, PlacedStep } from './finding';

/** A provider that does not carry the channel, a validity period it cannot be given, a recall it cannot do. */
export function lintProviders({ steps }: LintSubject): Finding[] {
  return steps.flatMap((placed) => [
    ...placed.carriers.flatMap((carrier) => [...carries(placed, carrier), ...validity(placed, carrier)]),
    ...recall(placed),
  ]);
}

function carries({ step }: PlacedStep, { pointer, provider, facts }: PlacedCarrier): Finding[] {
  if (facts?.receipts[step.channel]) return [];
  const channels = Object.keys(facts?.receipts ?? {}).join(', ');
  return [
    {
      level: 'error',
      rule: 'provider-channel',
      pointer,
      message: `${provider} does not carry ${step.channel}.`,
      hint: channels ? `It carries ${channels}.` : 'Choose another provider.',
    },
  ];
}

/** Rule 10: where the timeout is no validity period the provider takes, its message may arrive after the next one. */
function validity({ step, pointer, lastOfFlow }: PlacedStep, { provider, facts }: PlacedCarrier): Finding[] {
  if (!facts || lastOfFlow) return [];
  const limits = facts.validitySeconds;
  const finding = (message: string, hint: string): Finding[] => [
    { level: 'warning', rule: 'timeout-validity', pointer: `${pointer}/timeoutSeconds`, message, hint },
  ];
  if (!limits) {
    return finding(
      `${provider} takes no validity period: this message may still arrive after the next step was sent.`,
      'Late receipts are recorded and duplicates counted; allow the step more time if that happens often.',
    );
  }
  if (step.timeoutSeconds < limits.min) {
    return finding(
      `${provider} keeps a message for at least ${limits.min} s: for ${limits.min - step.timeoutSeconds} s after ` +
        `this step's timeout of ${step.timeoutSeconds} s it may still arrive.`,
      `Wait at least ${limits.min} s, or accept the duplicates.`,
    );
  }
  if (step.timeoutSeconds > limits.max) {
    return finding(
      `${provider} keeps a message for at most ${limits.max} s: the last ${step.timeoutSeconds - limits.max} s of ` +
        'this timeout wait for nothing.',
      `A timeout of ${limits.max} s or less loses nothing.`,
    );
  }
  return [];
}

function recall({ step, pointer, carriers, last }: PlacedStep): Finding[] {
  if (!step.recall) return [];
  if (last) {
    return [
      {
        level: 'warning',
        rule: 'recall-pointless',
        pointer: `${pointer}/recall`,
        message: 'Nothing is sent after this step, so its message is never taken back.',
      },
    ];
  }
  const unable = carriers.find(({ facts }) => !facts?.recall);
  if (!unable) return [];
  return [
    {
      level: 'warning',
      rule: 'recall-impossible',
      pointer: `${pointer}/recall`,
      message: `${unable.provider} cannot take a message back: the next step is sent at once, marked as a duplicate risk.`,
    },
  ];
}
