import type { Authenticator } from './auth';
import type { ApiDeps } from './deps';
import type { FlowCache } from './flow-cache';
import type { Metrics } from './metrics';
import type { Sessions } from './sessions';

/** What the handlers work with: the deps, and what the API makes of them once. */
export interface Services extends ApiDeps {
  metrics: Metrics;
  now(): number;
  auth: Authenticator;
  sessions: Sessions;
  flows: FlowCache;
}
