import type { Finding, LintContext, LintSubject, PlacedCarrier, PlacedStep } from './finding';

/** A provider that does not carry the channel, a validity period it cannot be given, a recall it cannot do. */
export function lintProviders({ steps, context }: LintSubject): Finding[] {
  return steps.flatMap((placed) => [
    ...placed.carriers.flatMap((carrier) => [
      ...carries(placed, carrier),
      ...validity(placed, carrier),
      ...accountOf(carrier, context),
    ]),
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

/** An account that is not there is wrong; that a provider has none at all yet may be meant. */
function accountOf({ provider, account, pointer }: PlacedCarrier, { catalog, accounts }: LintContext): Finding[] {
  if (account !== null && !catalog[`${provider}:${account}`]) {
    const message = `There is no account ${account} of ${provider}`;
    if (!accounts) {
      const hint = 'Lint it where the accounts are: POST /v1/flows/{id}/lint.';
      return [{ level: 'warning', rule: 'account-unknown', pointer, message: `${message} that is known here.`, hint }];
    }
    const hint = `GET /v1/provider-accounts lists them; “${provider}” alone means its default one.`;
    return [{ level: 'error', rule: 'account-unknown', pointer, message: `${message}.`, hint }];
  }
  if (!accounts || accounts.has(provider)) return [];
  const message = `${provider} has no account here: live runs cannot send by it.`;
  const hint = 'Make one: POST /v1/provider-accounts. Test runs go to the sandbox all the same.';
  return [{ level: 'warning', rule: 'no-account', pointer, message, hint }];
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
