import type { Figures } from './analytics-answer';
import type { Counts, StepTally, Tally } from './analytics-runs';
import type { CountryTally, GroupTally } from './analytics-tally';

/**
 * What was paid, and what it would have cost to send otherwise. Of each currency by itself: nothing is converted.
 * @param countries of the whole
 */
export function costFigures(countries: readonly CountryTally[]): Figures {
  return {
    content: (tally, group) => ({ currencies: currenciesOf(tally, group, group ? null : countries) }),
    columns: ['currency', 'step', 'channel', 'attempted', 'costMicros', 'costTwiceMicros'],
    lines(tally, group) {
      return currenciesOf(tally, group, null).flatMap(({ currency, steps }) =>
        steps.map((one) => [currency, one.step, one.channel, one.attempted, one.costMicros, one.costTwiceMicros]),
      );
    },
  };
}

function currenciesOf(tally: Tally, group: GroupTally | null, countries: readonly CountryTally[] | null) {
  const sending = tally.steps.filter(({ channel }) => channel !== null);
  const currencies = new Set([...tally.runs.keys(), ...sending.map(({ currency }) => currency)]);
  const byChannel = group !== null && 'channel' in group.key;
  return [...currencies].sort().map((currency) => {
    const steps = sending.filter((step) => step.currency === currency).map(stepOf);
    const counts = tally.runs.get(currency) ?? {};
    const sum = (name: 'costMicros' | 'costTwiceMicros') => steps.reduce((total, step) => total + step[name], 0);
    const places = countries?.filter((one) => one.currency === currency).map(countryOf) ?? null;
    return {
      currency,
      invocations: byChannel ? null : (counts.accepted ?? 0),
      costMicros: sum('costMicros'),
      costTwiceMicros: sum('costTwiceMicros'),
      allAtOnce: byChannel ? null : allAtOnce(counts),
      smsOnly: byChannel ? null : smsOnly(counts),
      steps,
      countries: places,
    };
  });
}

function stepOf({ step, channel, counts }: StepTally) {
  const { attempted = 0, costMicros = 0, costTwiceMicros = 0 } = counts;
  return { step, channel, attempted, costMicros, costTwiceMicros };
}

function countryOf({ country, counts: { costMicros = 0, costTwiceMicros = 0 } }: CountryTally) {
  return { country, costMicros, costTwiceMicros };
}

function allAtOnce({ reckoned = 0, comparedCostMicros = 0, allAtOnceMicros = 0 }: Counts) {
  return compared(reckoned, comparedCostMicros, allAtOnceMicros);
}

function smsOnly({ reckoned = 0, smsOnlyUnknown = 0, smsOnlyCostMicros = 0, smsOnlyMicros = 0 }: Counts) {
  return { ...compared(reckoned - smsOnlyUnknown, smsOnlyCostMicros, smsOnlyMicros), unknown: smsOnlyUnknown };
}

function compared(invocations: number, costMicros: number, otherwiseMicros: number) {
  return { invocations, costMicros, otherwiseMicros, savedMicros: otherwiseMicros - costMicros };
}
