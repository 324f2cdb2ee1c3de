import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TASK_QUEUE } from '../workflows/contract';

/** Where Temporal is and how it is spoken to. */
export interface TemporalSettings {
  address: string;
  namespace: string;
  /** Two installations in one namespace need two. */
  taskQueue: string;
  /** As Temporal's own clients take them. */
  connection: Pick<NonNullable<ReturnType<typeof loadClientConnectConfig>['connectionOptions']>, 'tls' | 'apiKey'>;
}

/**
 * TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS… mean what they mean to
 * Temporal's own tools; a configuration file of theirs is not read.
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export function readTemporalSettings(env: NodeJS.ProcessEnv, address: string): TemporalSettings {
  const given = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]));
  const { connectionOptions, namespace } = loadClientConnectConfig({ disableFile: true, overrideEnvVars: given });
  const taskQueue = env.TEMPORAL_TASK_QUEUE || TASK_QUEUE;
  return { address, namespace: namespace || 'default', taskQueue, connection: connectionOptions ?? {} };
}
