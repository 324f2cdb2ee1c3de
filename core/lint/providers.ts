import {
  type Finding,
  finding,
  type LintContext,
  type LintSubject,
  type PlacedCarrier,
  type PlacedStep,
} from './finding';

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
  const channels = Object.keys(facts?.receipts ?? {});
  const values = { provider, channel: step.channel };
  if (channels.length === 0) return [finding('error', 'provider-channel.unknown', pointer, values)];
  return [finding('error', 'provider-channel', pointer, { ...values, channels })];
}

/** An account that is not there is wrong; that a provider has none at all yet may be meant. */
function accountOf({ provider, account, pointer }: PlacedCarrier, { catalog, accounts }: LintContext): Finding[] {
  if (account !== null && !catalog[`${provider}:${account}`]) {
    const values = { provider, account };
    if (!accounts) return [finding('warning', 'account-unknown.offline', pointer, values)];
    return [finding('error', 'account-unknown', pointer, values)];
  }
  if (!accounts || accounts.has(provider)) return [];
  return [finding('warning', 'no-account', pointer, { provider })];
}

/** Rule 10: where the timeout is no validity period the provider takes, its message may arrive after the next one. */
function validity({ step, pointer, lastOfFlow }: PlacedStep, { provider, facts }: PlacedCarrier): Finding[] {
  if (!facts || lastOfFlow) return [];
  const limits = facts.validitySeconds;
  const { timeoutSeconds } = step;
  const at = `${pointer}/timeoutSeconds`;
  if (!limits) return [finding('warning', 'timeout-validity.none', at, { provider })];
  if (timeoutSeconds < limits.min) {
    const values = { provider, minSeconds: limits.min, afterSeconds: limits.min - timeoutSeconds, timeoutSeconds };
    return [finding('warning', 'timeout-validity.min', at, values)];
  }
  if (timeoutSeconds > limits.max) {
    const values = { provider, maxSeconds: limits.max, idleSeconds: timeoutSeconds - limits.max };
    return [finding('warning', 'timeout-validity.max', at, values)];
  }
  return [];
}

function recall({ step, pointer, carriers, last }: PlacedStep): Finding[] {
  if (!step.recall) return [];
  const at = `${pointer}/recall`;
  if (last) return [finding('warning', 'recall-pointless', at)];
  const unable = carriers.find(({ facts }) => !facts?.recall);
  return unable ? [finding('warning', 'recall-impossible', at, { provider: unable.provider })] : [];
}
