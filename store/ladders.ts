import { compileLadder, type Ladder } from '../core/ladder';
import type { ProviderCatalog } from '../core/provider-facts';
import type { Mode } from '../schemas/vocabulary';
import { createBoundedMap } from './bounded-map';
import type { FlowStore } from './contract';

const LADDERS_HELD = 1000;

/** The ladder of a published version; null where there is none. Versions never change, so that they are held. */
export type LadderSource = (flowId: string, version: number, mode: Mode) => Promise<Ladder | null>;

export function createLadderSource(flows: FlowStore, catalog: ProviderCatalog): LadderSource {
  const held = createBoundedMap<string, Ladder>(LADDERS_HELD);
  return async (flowId, version, mode) => {
    const name = `${flowId} ${version} ${mode}`;
    const ladder = held.get(name);
    if (ladder) return ladder;
    const found = await flows.version(flowId, version);
    if (!found) return null;
    const identity = { flowId: found.flowId, workflowId: found.workflowId, version, mode };
    const compiled = compileLadder(found.definition, identity, catalog);
    held.set(name, compiled);
    return compiled;
  };
}
