import { ADDRESS_FIELDS } from '../core/address';
import { compileLadder, type FactsBehind, factsBehind, isMadeFrom, type Ladder, type SendRung } from '../core/ladder';
import type { ProviderCatalog } from '../core/provider-facts';
import type { FieldError } from '../schemas/problem';
import { compileVariables } from '../schemas/variables-schema';
import type { Mode } from '../schemas/vocabulary';
import type { Flow, FlowStore } from '../store/contract';

/** How long another process's publish or unpublish may go unseen here. */
const FLOW_AGE_MS = 1000;
const FLOWS_HELD = 1000;
const VERSIONS_HELD = 1000;

/** Everything of one published version that an invocation is judged by, made once. */
export interface PreparedFlow {
  ladder: Ladder;
  sends: readonly SendRung[];
  /** The recipient's fields that its steps can send to, for the sentence that names them. */
  addressFields: string;
  checkVariables(variables: unknown): FieldError[];
}

export type PublishedFlow = { kind: 'published'; flow: PreparedFlow } | { kind: 'unknown' | 'never' | 'unpublished' };

export interface FlowCache {
  /** The version that an invocation of that workflow ID runs on now. */
  published(workflowId: string, mode: Mode): Promise<PublishedFlow>;
  /** The flow of that workflow ID, and the version that is published, or 0; null where there is none. */
  identify(workflowId: string): Promise<{ flowId: string; version: number } | null>;
  /** One published version, whether it is still the one invoked or not; null where there is none. */
  version(flowId: string, version: number, mode: Mode): Promise<PreparedFlow | null>;
  /** To be called when a flow was published or unpublished here. */
  changed(): void;
}

/** With what its providers and accounts could do when it was made. */
type HeldFlow = PreparedFlow & { facts: FactsBehind };

/** `version` 0: none is published. */
type Standing = { version: number; flowId: string; ever: boolean } | null;

export function flowCache(flows: FlowStore, catalog: ProviderCatalog, now: () => number): FlowCache {
  const standings = new Map<string, { standing: Standing; until: number }>();
  const versions = new Map<string, HeldFlow>();
  let generation = 0;

  const standingOf = async (workflowId: string): Promise<Standing> => {
    const held = standings.get(workflowId);
    if (held && held.until > now()) return held.standing;
    const asked = generation;
    const standing = standingIn(await flows.get(workflowId), workflowId);
    if (asked === generation) hold(standings, FLOWS_HELD, workflowId, { standing, until: now() + FLOW_AGE_MS });
    return standing;
  };

  const version = async (flowId: string, number: number, mode: Mode): Promise<PreparedFlow | null> => {
    const name = `${flowId} ${number} ${mode}`;
    const held = versions.get(name);
    if (held && isMadeFrom(held.facts, held.ladder, catalog)) return held;
    const found = await flows.version(flowId, number);
    if (!found) return null;
    const { workflowId, definition } = found;
    const ladder = compileLadder(definition, { flowId, workflowId, version: number, mode }, catalog);
    const flow = { ...prepare(ladder, definition.variables), facts: factsBehind(ladder, catalog) };
    hold(versions, VERSIONS_HELD, name, flow);
    return flow;
  };

  return {
    async published(workflowId, mode) {
      const standing = await standingOf(workflowId);
      if (standing === null) return { kind: 'unknown' };
      if (standing.version === 0) return { kind: standing.ever ? 'unpublished' : 'never' };
      const flow = await version(standing.flowId, standing.version, mode);
      if (!flow) throw new Error(`version ${standing.version} of ${standing.flowId} is published and not there`);
      return { kind: 'published', flow };
    },
    async identify(workflowId) {
      const standing = await standingOf(workflowId);
      return standing && { flowId: standing.flowId, version: standing.version };
    },
    version,
    changed() {
      generation++;
      standings.clear();
    },
  };
}

function standingIn(flow: Flow | null, workflowId: string): Standing {
  // Flow routes take either ID, an invocation takes the workflow ID.
  if (flow?.workflowId !== workflowId) return null;
  return { version: flow.publishedVersion ?? 0, flowId: flow.id, ever: flow.latestVersion > 0 };
}

function prepare(ladder: Ladder, variables: object | undefined): PreparedFlow {
  const sends = ladder.rungs.filter((rung): rung is SendRung => rung.kind === 'send');
  const fields = sends.flatMap((rung) => ADDRESS_FIELDS[rung.channel] ?? []);
  return {
    ladder,
    sends,
    addressFields: [...new Set(fields)].map((field) => `“${field}”`).join(' or '),
    checkVariables: compileVariables(variables),
  };
}

/** Keeps a map within its bound; what was put in first goes first. */
function hold<K, V>(map: Map<K, V>, limit: number, key: K, value: V): void {
  if (map.size >= limit) {
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
  map.set(key, value);
}
