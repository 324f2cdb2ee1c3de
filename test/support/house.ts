import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../api/deps';
import { compose, type House } from '../../cli/compose';
import { linkTemporal } from '../../cli/temporal-link';

export interface TestHouse extends House {
  folder: string;
  /** What the house told its log of faults. */
  faults: string[];
  /** Closes the house and removes its folder. */
  remove(): Promise<void>;
}

export interface TestHouseOptions {
  folder?: string;
  sendTimeoutSeconds?: number;
  secret?: string;
  /** The runs are Temporal's. */
  temporalAddress?: string;
}

/** Of a house that is given none. */
export const HOUSE_SECRET = 'a-secret-for-the-tests-of-this-house';

/** All rooms but the HTTP server, in this process, on files of its own. */
export async function openHouse(options: TestHouseOptions = {}): Promise<TestHouse> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'onward-house-'));
  const faults: string[] = [];
  const secret = options.secret ?? HOUSE_SECRET;
  const logger: Logger = { info: () => {}, warn: () => {}, error: (_fields, message) => void faults.push(message) };
  const env = { TEMPORAL_ADDRESS: options.temporalAddress };
  const house = await compose({
    dataFolder: folder,
    secret,
    publicUrl: 'http://127.0.0.1:1',
    sendTimeoutSeconds: options.sendTimeoutSeconds ?? 10,
    version: 'test',
    temporal: await linkTemporal(env, { secret, serviceName: 'onward-api', logger }),
    logger,
  });
  return {
    ...house,
    folder,
    faults,
    async remove() {
      await house.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
