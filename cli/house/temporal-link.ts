import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { PayloadCodecService } from '../../temporal/contract';
import type { TemporalSettings } from '../../temporal/settings';
import type { TemporalTracing } from '../../temporal/tracing-spans';
import type { OpenTracing } from '../../tracing/open';
import { StartError } from '../settings';

/** What a process has of Temporal once the server has answered. */
export interface TemporalLink {
  settings: TemporalSettings;
  client: Client;
  codec: PayloadCodec;
  codecService: PayloadCodecService;
  /** Null where traces go nowhere. */
  tracing: TemporalTracing | null;
}

export interface LinkOptions {
  secret: string;
  /** Null where traces go nowhere. */
  tracing: OpenTracing | null;
}

/**
 * Null where TEMPORAL_ADDRESS is not set: then nothing of Temporal's packages is even loaded.
 * @throws StartError when the server cannot be used as it is configured
 */
export async function linkTemporal(env: NodeJS.ProcessEnv, options: LinkOptions): Promise<TemporalLink | null> {
  if (!env.TEMPORAL_ADDRESS) return null;
  const { secret } = options;
  const { readTemporalSettings } = await import('../../temporal/settings');
  const { connectTemporal, TemporalUnusable } = await import('../../temporal/connection');
  const { ensureSearchAttributes } = await import('../../temporal/search-attributes');
  const { createPayloadCodec } = await import('../../temporal/codec');
  const { createCodecService } = await import('../../temporal/codec-endpoint');
  const settings = readTemporalSettings(env, env.TEMPORAL_ADDRESS);
  const codec = createPayloadCodec(secret);
  const tracing = options.tracing && (await import('../../temporal/tracing-spans')).traceTemporal(options.tracing);
  try {
    const client = await connectTemporal({ settings, codec, interceptors: tracing?.client });
    await ensureSearchAttributes(client);
    return { settings, client, codec, codecService: createCodecService(codec, secret), tracing };
  } catch (error) {
    if (error instanceof TemporalUnusable) throw new StartError(error.message, { cause: error });
    throw error;
  }
}
