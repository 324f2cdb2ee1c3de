import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  quick: boolean;
  /** Null: every row. */
  only: readonly string[] | null;
  jsonFile: string | null;
  /** How many invocations the growth row puts on file. */
  grow: number;
  profile: boolean;
  /** Where the throwaway data folders are made: the disk that is measured. */
  dataParent: string;
  durations: Durations;
}

export interface Durations {
  /** Of each system, one after the other. */
  rounds: number;
  warmupMs: number;
  measureMs: number;
  shortMs: number;
}

export const USAGE = `Usage: npm run bench -- [options]
  --quick          short trials: to see that it works, not to be quoted
  --only ROW,ROW   only these rows; temporal stands for temporal-… too, cluster for cluster-…
  --grow N         invocations on file in the growth row (default 20,000; the goal speaks of 1,000,000, about 6 minutes)
  --json FILE      write every figure to FILE
  --data FOLDER    where the throwaway data folders are made (default: the system's temporary folder)
  --profile        only: one trial of our server under node --cpu-prof, and where its time went`;

const FULL: Durations = { rounds: 2, warmupMs: 4_000, measureMs: 10_000, shortMs: 5_000 };
const QUICK: Durations = { rounds: 1, warmupMs: 1_500, measureMs: 3_000, shortMs: 2_000 };

/** @throws TypeError, with a sentence, for what is not an option */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      grow: { type: 'string', default: '20000' },
      json: { type: 'string' },
      data: { type: 'string', default: tmpdir() },
      profile: { type: 'boolean', default: false },
    },
  });
  const grow = Number(values.grow.replaceAll(/[,_]/g, ''));
  if (!Number.isInteger(grow) || grow < 2_000) throw new TypeError('--grow takes a whole number from 2000 on.');
  return {
    quick: values.quick,
    only: values.only?.split(',') ?? null,
    jsonFile: values.json ?? null,
    grow,
    profile: values.profile,
    dataParent: values.data,
    durations: values.quick ? QUICK : FULL,
  };
}
