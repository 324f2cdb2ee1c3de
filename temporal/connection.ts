import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { detailsOf, isNotFound, isRefused } from './grpc';
import type { TemporalSettings } from './settings';

/** How long a start waits for a server that does not answer. */
const PATIENCE_MS = 30_000;
const TRY_MS = 5_000;
const AGAIN_MS = 500;
/** A namespace that was just made is not known everywhere at once. */
const NAMESPACE_KNOWN_WITHIN_MS = 10_000;

/** Temporal cannot be used as it is configured: one sentence that names the variable and the mend. */
export class TemporalUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TemporalUnusable';
  }
}

export interface ConnectOptions {
  settings: TemporalSettings;
  codec: PayloadCodec;
  interceptors?: ClientInterceptors;
  /** For tests. */
  patienceMs?: number;
}

/**
 * A client of the namespace, once the server answers for it.
 * @throws TemporalUnusable when it does not within 30 s, or refuses us, or has no such namespace
 */
export async function connectTemporal(options: ConnectOptions): Promise<Client> {
  const { settings, codec, interceptors, patienceMs = PATIENCE_MS } = options;
  const { address, namespace } = settings;
  const startedAt = Date.now();
  for (;;) {
    let connection: Connection | null = null;
    try {
      connection = await Connection.connect({ address, ...settings.connection, connectTimeout: TRY_MS });
      await connection.withDeadline(Date.now() + TRY_MS, () =>
        (connection as Connection).workflowService.describeNamespace({ namespace }),
      );
      return new Client({ connection, namespace, dataConverter: { payloadCodecs: [codec] }, interceptors });
    } catch (error) {
      await connection?.close();
      const waitedMs = Date.now() - startedAt;
      const refusal = refusalOf(error, settings, waitedMs);
      if (refusal) throw new TemporalUnusable(refusal, { cause: error });
      if (waitedMs > patienceMs) {
        const sentence = `TEMPORAL_ADDRESS is “${address}”, where no Temporal server answers. Start one, or set it right.`;
        throw new TemporalUnusable(sentence, { cause: error });
      }
    }
    await pause(AGAIN_MS);
  }
}

/** What no waiting mends. */
function refusalOf(error: unknown, { address, namespace }: TemporalSettings, waitedMs: number): string | null {
  if (isNotFound(error) && waitedMs > NAMESPACE_KNOWN_WITHIN_MS) {
    return `TEMPORAL_NAMESPACE is “${namespace}”, which the server at ${address} does not have. Create it, or set another.`;
  }
  if (isRefused(error)) {
    return `TEMPORAL_ADDRESS is “${address}”, which refuses us (${detailsOf(error)}). Set TEMPORAL_API_KEY or the TEMPORAL_TLS variables.`;
  }
  return null;
}
