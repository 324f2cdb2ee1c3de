import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../api/deps';
import { compose, type House, type HouseOptions } from '../../cli/house/house';
import { linkTemporal } from '../../cli/house/temporal-link';
import { EmbeddedEngine } from '../../embedded/engine';
import type { SqliteLog } from '../../log/sqlite/log';
import type { GroupCommit } from '../../sqlite/group-commit';

export interface TestHouse extends Omit<House, 'log'> {
  folder: string;
  log: SqliteLog;
  /** Null where the runs are Temporal's. */
  embedded: EmbeddedEngine | null;
  /** The group that journal, log and store write in. */
  group: GroupCommit;
  /** What the house told its log of faults. */
  faults: string[];
  /** Closes the house and removes its folder. */
  remove(): Promise<void>;
}

export interface TestHouseOptions extends Pick<HouseOptions, 'kinds' | 'env' | 'callbackAllow'> {
  folder?: string;
  sendTimeoutSeconds?: number;
  secret?: string;
  /** The runs are Temporal's. */
  temporalAddress?: string;
  tracing?: HouseOptions['tracing'];
  /** Told of whatever is logged, besides `faults`. */
  logged?(message: string, fields: object): void;
}

/** Of a house that is given none. */
export const HOUSE_SECRET = 'a-secret-for-the-tests-of-this-house';

/** All rooms but the HTTP server, in this process, on files of its own. */
export async function openHouse(options: TestHouseOptions = {}): Promise<TestHouse> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'onward-house-'));
  const faults: string[] = [];
  const secret = options.secret ?? HOUSE_SECRET;
  const logged = (fields: object, message: string) => options.logged?.(message, fields);
  const logger: Logger = {
    info: logged,
    warn: logged,
    error(fields, message) {
      faults.push(message);
      logged(fields, message);
    },
  };
  const env = { TEMPORAL_ADDRESS: options.temporalAddress };
  const { tracing = null } = options;
  const house = await compose({
    dataFolder: folder,
    secret,
    publicUrl: 'http://127.0.0.1:1',
    kinds: options.kinds,
    env: options.env ?? {},
    callbackAllow: options.callbackAllow,
    sendTimeoutSeconds: options.sendTimeoutSeconds ?? 10,
    version: 'test',
    engine: (await linkTemporal(env, { secret, tracing })) ?? 'embedded',
    tracing,
    links: { kafka: null, mongo: null },
    adapters: { engine: options.temporalAddress ? 'temporal' : 'embedded' },
    logger,
  });
  if (!house.local) throw new Error('a house without servers has its log on this machine');
  return {
    ...house,
    ...house.local,
    embedded: house.engine instanceof EmbeddedEngine ? house.engine : null,
    folder,
    faults,
    async remove() {
      await house.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
