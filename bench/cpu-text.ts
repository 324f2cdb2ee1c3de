import { median } from './load/percentile';

/** What a run took of each process, by the middle of the trials. */
export function cpuText(trials: readonly { cpuMsPerRun: Record<string, number> | null }[]): string {
  const names = Object.keys(trials[0]?.cpuMsPerRun ?? {});
  if (names.length === 0) return 'not measured on this system';
  const share = (name: string) => median(trials.map((trial) => trial.cpuMsPerRun?.[name] ?? Number.NaN));
  return names.map((name) => `${name} ${amount(share(name))}`).join(', ');
}

function amount(ms: number): string {
  return ms < 1 ? `${Math.round(ms * 1000)} us` : `${ms.toFixed(1)} ms`;
}
