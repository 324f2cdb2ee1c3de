import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { createReferences } from '../../receipts/reference';
import type { Histories, Store } from '../../store/contract';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { type Cluster, type ClusterServers, clusterOn } from './cluster';
import { HOUSE_SECRET } from './house';
import { publishFlow } from './load';
import type { ServerProcess } from './server-process';

type RoleName = 'api' | 'receipts' | 'projector';

/** A receipt that was handed in over HTTP under a code of its own; status 0: no answer came. */
export interface Handed {
  code: string;
  invocationId: string;
  status: number;
}

/** An attempt to invoke; status 0: no answer came. */
export interface Asked {
  id: string | null;
  status: number;
  tookMs: number;
}

export interface ClusterLoad {
  asked: Asked[];
  handed: Handed[];
  /** Resolves once the last answer has come. */
  stop(): Promise<void>;
}

export interface BesiegedCluster extends Cluster {
  readonly brokers: string;
  /** As they run now. */
  readonly roles: Record<RoleName, ServerProcess>;
  /** Read by a connection of the test's own. */
  readonly store: Store;
  readonly histories: Histories;
  readonly db: Db;
  /** Every run that was answered 202, and every receipt that was. */
  readonly taken: ReadonlySet<string>;
  readonly acknowledged: ReadonlySet<string>;
  /** Starts the role anew in the place of one that has ended. */
  again(role: RoleName): Promise<void>;
  invoke(sandbox: Record<string, string>): Promise<Asked>;
  /** @param more such as the status; by default `read`, which changes nothing about how the run ends */
  handIn(invocationId: string, more?: object): Promise<Handed>;
  /** As the provider calls: by a signed reference, without a key. */
  webhook(invocationId: string): Promise<Handed>;
  /** Two lanes every 600 ms by default: FerretDB on SQLite reads all events to find those of one run, at each late receipt. */
  startLoad(options?: { lanes?: number; everyMs?: number }): ClusterLoad;
}

/** Everything that may happen to a run without a long wait. */
const SCRIPTS: readonly Record<string, string>[] = [
  { whatsapp: 'delivered@200ms' },
  { whatsapp: 'undelivered:unreachable@100ms', sms: 'delivered@200ms' },
  { whatsapp: 'sent@50ms, delivered@400ms x2' },
  { whatsapp: 'early:delivered' },
  { whatsapp: 'accept@300ms, delivered@50ms' },
  { whatsapp: 'reject:unreachable', sms: 'sent@50ms, delivered@100ms' },
  { whatsapp: 'failed@100ms', sms: 'undelivered:unreachable@100ms' },
];
const STEP = { timeoutSeconds: 15, successOn: 'delivered' } as const;
const FLOW = {
  name: 'Besieged',
  purpose: 'otp',
  variables: { type: 'object', required: ['code'], properties: { code: { type: 'string' } } },
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', provider: 'twilio', template: 'tpl_otp_wa', ...STEP },
    { name: 'sms', channel: 'sms', provider: 'twilio', template: 'tpl_otp_sms', ...STEP },
  ],
} as const;
const MS = { setUp: 120_000, answer: 20_000 } as const;

/** Every role as a process of its own, a flow, and a load on it that keeps a book of what was answered. */
export function besiegedCluster(servers: ClusterServers): BesiegedCluster {
  const cluster = clusterOn(servers);
  const roles: Partial<Record<RoleName, ServerProcess>> = {};
  const taken = new Set<string>();
  const acknowledged = new Set<string>();
  let link: MongoLink;
  let opened: { store: Store; histories: Histories };
  let workflowId = '';
  let count = 0;
  /** A load whose test has failed must not outlive it. */
  let over = false;

  beforeAll(async () => {
    const [api, receipts, projector] = await Promise.all([
      cluster.role('api'),
      cluster.role('receipts'),
      cluster.role('projector'),
      cluster.worker(),
    ]);
    Object.assign(roles, { api, receipts, projector });
    workflowId = await publishFlow(api, { ...FLOW, steps: [...FLOW.steps] });
    link = await connectMongo(servers.mongo.urlOf(cluster.database));
    opened = await openMongoStore(link, { seal: createSeal(HOUSE_SECRET), catalog: PROVIDER_CATALOG });
  }, MS.setUp);
  afterAll(() => {
    over = true;
    return link?.close();
  });

  const standing = (role: RoleName): ServerProcess => {
    const process = roles[role];
    if (!process) throw new Error('the roles stand from beforeAll on');
    return process;
  };

  async function invoke(sandbox: Record<string, string>): Promise<Asked> {
    const n = ++count;
    const body = { recipient: { phone: '+393351234567' }, variables: { code: `${n}` }, sandbox };
    const { url, testKey } = standing('api');
    const startedAt = Date.now();
    const answer = await post(`${url}/v1/workflows/${workflowId}/invocations`, testKey, body, `run-${n}`);
    const id = answer.status === 202 ? (answer.body as { id: string }).id : null;
    if (id !== null) taken.add(id);
    return { id, status: answer.status, tookMs: Date.now() - startedAt };
  }

  async function handIn(invocationId: string, more: object = { status: 'read' }): Promise<Handed> {
    const code = `handed-${++count}`;
    const { url, ownerKey } = standing('receipts');
    const receipt = { invocationId, step: 0, attempt: 1, provider: 'sandbox', code, ...more };
    const { status } = await post(`${url}/v1/receipts`, ownerKey, receipt);
    if (status === 202) acknowledged.add(code);
    return { code, invocationId, status };
  }

  async function webhook(invocationId: string): Promise<Handed> {
    const code = `called-${++count}`;
    const ref = createReferences(HOUSE_SECRET).sign({ invocationId, step: 0, attempt: 1 });
    const url = `${standing('receipts').url}/v1/receipts/sandbox?ref=${ref}`;
    const { status } = await post(url, '', { status: 'clicked', code });
    if (status === 202) acknowledged.add(code);
    return { code, invocationId, status };
  }

  return {
    ...cluster,
    get brokers() {
      return servers.kafka.brokers;
    },
    roles: {
      get api() {
        return standing('api');
      },
      get receipts() {
        return standing('receipts');
      },
      get projector() {
        return standing('projector');
      },
    },
    get store() {
      return opened.store;
    },
    get histories() {
      return opened.histories;
    },
    get db() {
      return link.db;
    },
    taken,
    acknowledged,
    async again(role) {
      roles[role] = await cluster.role(role);
    },
    invoke,
    handIn,
    webhook,
    startLoad: ({ lanes = 2, everyMs = 600 } = {}) => {
      const asked: Asked[] = [];
      const handed: Handed[] = [];
      let stopped = false;
      const lane = async () => {
        let before: string | null = null;
        while (!stopped && !over) {
          const one = await invoke(SCRIPTS[asked.length % SCRIPTS.length] ?? {});
          asked.push(one);
          await pause(everyMs);
          if (before !== null) handed.push(await handIn(before));
          before = one.id;
        }
      };
      const running = Promise.all(Array.from({ length: lanes }, lane));
      return {
        asked,
        handed,
        async stop() {
          stopped = true;
          await running;
        },
      };
    },
  };
}

/** Status 0 where no answer came. */
export async function post(
  url: string,
  key: string,
  body: object,
  idempotencyKey?: string,
): Promise<{ status: number; body: unknown }> {
  const headers: Record<string, string> = { 'api-key': key, 'content-type': 'application/json' };
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  try {
    const signal = AbortSignal.timeout(MS.answer);
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: null };
  }
}
