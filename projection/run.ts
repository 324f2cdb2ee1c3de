import type { Log, Subscription } from '../log/contract';
import { createProjector, type ProjectorDeps } from './project';

/** Keeps the read model up to date from the log's topic of events, until stopped. */
export function runProjection(log: Log, deps: ProjectorDeps): Promise<Subscription> {
  const projector = createProjector(deps);
  return log.subscribe('onward.events', 'projection', async (records) => {
    await projector.project(records);
  });
}
