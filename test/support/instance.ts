import { existsSync } from 'node:fs';
import { BUNDLE, startThrowaway, type Throwaway, type ThrowawayOptions } from '../../cli/throwaway';

export type Instance = Throwaway;

/** A server in a process of its own, as a user starts it. Stop it in `afterAll`. */
export async function startInstance(options: ThrowawayOptions = {}): Promise<Instance> {
  if (!existsSync(BUNDLE)) throw new Error('dist/onward.js is missing: run `npm run build` (`npm test` does).');
  return startThrowaway(options);
}
