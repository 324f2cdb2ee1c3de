import { compileLadder, type FactsBehind, factsBehind, isMadeFrom, type Ladder } from '../core/ladder';
import type { ProviderCatalog } from '../core/provider-facts';
import type { Mode } from '../schemas/vocabulary';
import { createBoundedMap } from './bounded-map';
import type { FlowStore } from './contract';

const LADDERS_HELD = 1000;

/**
 * The ladder of a published version; null where there is none. Versions never change, so that they are held; what an
 * account can do may change, and then its ladders are made anew.
 */
export type LadderSource = (flowId: string, version: number, mode: Mode) => Promise<Ladder | null>;

export function createLadderSource(flows: FlowStore, catalog: ProviderCatalog): LadderSource {
  const held = createBoundedMap<string, { ladder: Ladder; facts: FactsBehind }>(LADDERS_HELD);
  return async (flowId, version, mode) => {
    const name = `${flowId} ${version} ${mode}`;
    const known = held.get(name);
    if (known && isMadeFrom(known.facts, known.ladder, catalog)) return known.ladder;
    const found = await flows.version(flowId, version);
    if (!found) return null;
    const identity = { flowId: found.flowId, workflowId: found.workflowId, version, mode };
    const ladder = compileLadder(found.definition, identity, catalog);
    held.set(name, { ladder, facts: factsBehind(ladder, catalog) });
    return ladder;
  };
}
