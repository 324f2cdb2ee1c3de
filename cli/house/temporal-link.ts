import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from '../../api/deps';
import type { PayloadCodecService } from '../../temporal/contract';
import type { TemporalSettings } from '../../temporal/settings';
import type { Tracing } from '../../temporal/tracing-spans';
import { StartError } from '../settings';

/** What a process has of Temporal once the server has answered. */
export interface TemporalLink {
  settings: TemporalSettings;
  client: Client;
  codec: PayloadCodec;
  codecService: PayloadCodecService;
  /** Null where traces go nowhere. */
  tracing: Tracing | null;
}

export interface LinkOptions {
  secret: string;
  /** Under which this process's spans are told. */
  serviceName: 'onward-api' | 'onward-worker';
  logger: Logger;
}

/**
 * Null where TEMPORAL_ADDRESS is not set: then nothing of Temporal's packages is even loaded.
 * @throws StartError when the server cannot be used as it is configured
 */
export async function linkTemporal(env: NodeJS.ProcessEnv, options: LinkOptions): Promise<TemporalLink | null> {
  if (!env.TEMPORAL_ADDRESS) return null;
  const { secret, serviceName, logger } = options;
  const { readTemporalSettings } = await import('../../temporal/settings');
  const { connectTemporal, TemporalUnusable } = await import('../../temporal/connection');
  const { ensureSearchAttributes } = await import('../../temporal/search-attributes');
  const { createPayloadCodec } = await import('../../temporal/codec');
  const { createCodecService } = await import('../../temporal/codec-endpoint');
  const { startTracing } = await import('../../temporal/tracing');
  const settings = readTemporalSettings(env, env.TEMPORAL_ADDRESS);
  const codec = createPayloadCodec(secret);
  const tracing = await startTracing(env, { serviceName, logger });
  try {
    const client = await connectTemporal({ settings, codec, interceptors: tracing?.client });
    await ensureSearchAttributes(client);
    return { settings, client, codec, codecService: createCodecService(codec, secret), tracing };
  } catch (error) {
    if (error instanceof TemporalUnusable) throw new StartError(error.message, { cause: error });
    throw error;
  }
}
