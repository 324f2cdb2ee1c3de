import type { Server } from 'node:http';
import type { ApiDeps } from '../../api/deps';
import { createServer } from '../../api/server';
import type { Engine } from '../../core/engine';
import type { ProviderAdapter } from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { fixedRegistry, onlyAccount } from '../../providers/registry';
import type { ApiKey, Flow, FlowVersion, Store } from '../../store/contract';
import { FLOWS } from '../onward/flows';

const KEY: ApiKey = {
  ...{ id: 'key_bench', name: 'bench', role: 'invoker', mode: 'test', hint: '', createdAt: 0 },
  ...{ flows: null, expiresAt: null, lastUsedAt: null, overlap: null, createdBy: null },
};
const FLOW_ID = 'flw_bench';

/** The whole API before an engine and a store that have done their work at once: what the way in alone costs. */
export function invokeRouteAlone(): Server {
  const deps: Pick<ApiDeps, 'providers' | 'catalog' | 'publicUrl' | 'version'> = {
    // Only whether there is one is asked.
    providers: fixedRegistry([onlyAccount({ facts: PROVIDER_CATALOG.sandbox } as ProviderAdapter)]),
    catalog: PROVIDER_CATALOG,
    publicUrl: 'http://127.0.0.1',
    version: 'bench',
  };
  const others = { intake: {}, sandbox: {}, logger: console };
  // What the invoke route does not touch is not there; a route that touched it would fail, and the trial with it.
  return createServer({ ...deps, ...others, engine: engineAtOnce(), store: storeAtOnce() } as unknown as ApiDeps);
}

function engineAtOnce(): Pick<Engine, 'start' | 'unavailable'> {
  return { start: async () => {}, unavailable: () => null };
}

function storeAtOnce(): Pick<Store, 'keys' | 'flows' | 'records' | 'idempotency'> {
  const { workflowId, ...definition } = FLOWS.wf_bench;
  const version: FlowVersion = {
    flowId: FLOW_ID,
    workflowId: 'wf_bench',
    version: 1,
    definition,
    publishedAt: 0,
    rollbackOf: null,
  };
  const flow: Flow = {
    id: FLOW_ID,
    workflowId: 'wf_bench',
    name: definition.name,
    draft: definition,
    draftRevision: 1,
    publishedVersion: 1,
    latestVersion: 1,
    createdAt: 0,
    updatedAt: 0,
  };
  return {
    keys: { byHash: async () => ({ key: KEY, until: null }), used: async () => {} } as unknown as Store['keys'],
    flows: { get: async () => flow, version: async () => version } as unknown as Store['flows'],
    records: { put: async () => {} } as unknown as Store['records'],
    idempotency: { claim: async () => ({ kind: 'new', settle: async () => {}, release: async () => {} }) },
  };
}
