import type { Authenticator } from './auth';
import type { ApiDeps } from './deps';
import type { FlowCache } from './flow-cache';
import type { Metrics } from './metrics';

/** What the handlers work with: the deps, and what the API makes of them once. */
export interface Services extends ApiDeps {
  metrics: Metrics;
  now(): number;
  auth: Authenticator;
  flows: FlowCache;
}
