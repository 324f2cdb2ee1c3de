import type { Callback, InvocationCallback } from '../../schemas/callback';
import type { WireEvent } from '../../schemas/event';
import { createSeal } from '../../store/seal';
import { type CallbackReceiver, openCallbackReceiver, status, verified } from '../stand-ins/callback-receiver';
import { newProfile, PROFILE_SECRET } from '../support/callback-profile';
import { clusterOn } from '../support/cluster';
import { HOUSE_SECRET } from '../support/house';
import { ended, getJson, invoke, publishFlow } from '../support/load';
import type { ServerProcess } from '../support/server-process';
import { until } from '../support/until';
import { describeWithServers } from '../support/with-servers';

const LIMIT_MS = 120_000;
const RUNS = 10;
/** A send's answer may be heard of after the receipt that ends the run: its place in the order is not always the same. */
const TOLD_BY: Partial<Record<WireEvent['type'], string>> = {
  InvocationStarted: 'invocation.started',
  AttemptAccepted: 'attempt.updated',
  ReceiptRecorded: 'attempt.updated',
  InvocationSucceeded: 'invocation.succeeded',
};
const TOLD_A_RUN = 4;

describeWithServers({ temporal: true, kafka: true, mongo: true }, 'callbacks on servers', (servers) => {
  const cluster = clusterOn(servers);
  let api: ServerProcess;
  let receiver: CallbackReceiver;

  beforeAll(async () => {
    receiver = await openCallbackReceiver();
    [api] = await Promise.all([cluster.role('api'), cluster.role('projector'), cluster.worker()]);
  }, LIMIT_MS);
  afterAll(() => receiver.close());

  async function makeProfile(): Promise<void> {
    // Loaded here: a suite that is skipped has no use for it.
    const { connectMongo } = await import('../../store/mongo/connect');
    const { openMongoStore } = await import('../../store/mongo/store');
    const link = await connectMongo(servers.mongo.urlOf(cluster.database));
    const { store } = await openMongoStore(link, { seal: createSeal(HOUSE_SECRET), catalog: {} });
    await store.callbackProfiles.create(newProfile(`${receiver.url}/in`), Date.now());
    await store.close();
    await link.close();
  }

  /** By run, as they came; one that came again is there once. */
  function told(): Map<string, string[]> {
    const runs = new Map<string, string[]>();
    const seen = new Set<unknown>();
    for (const one of receiver.received) {
      if (seen.has(one.headers['webhook-id'])) continue;
      seen.add(one.headers['webhook-id']);
      const { type, data } = verified(one, PROFILE_SECRET) as Callback & { data: InvocationCallback };
      runs.set(data.invocationId, [...(runs.get(data.invocationId) ?? []), `${data.seq} ${type}`]);
    }
    return runs;
  }

  /** What there is to tell of a run, by its own history. */
  async function toTell(id: string): Promise<string[]> {
    const { items } = await getJson<{ items: WireEvent[] }>(api, `/v1/invocations/${id}/events?limit=200`);
    return items.flatMap(({ seq, type }) => (type in TOLD_BY ? [`${seq} ${TOLD_BY[type]}`] : []));
  }

  test(
    'two processes share the work, one of them dies, and every run is told once and in order',
    async () => {
      await makeProfile();
      const workflowId = await publishFlow(api, {
        name: 'Told',
        purpose: 'otp',
        callbackProfile: 'cbp_main',
        variables: { type: 'object', properties: { code: { type: 'string' } } },
        steps: [{ name: 'sms', channel: 'sms', template: 'tpl_otp_sms', timeoutSeconds: 60 }],
      });
      const env = { ONWARD_CALLBACK_ALLOW: '127.0.0.0/8' };
      const [one] = await Promise.all([cluster.role('callbacks', env), cluster.role('callbacks', env)]);
      receiver.meets('/in', status(500));
      const start = async (n: number) => {
        const body = {
          recipient: { phone: '+393351234567' },
          variables: { code: '1' },
          sandbox: { sms: 'delivered@20ms' },
        };
        const id = await invoke(api, workflowId, { key: `told-${n}`, body: JSON.stringify(body), id: null });
        if (id === null) throw new Error(`the invocation was not accepted: ${api.output()}`);
        return id;
      };
      const first = await Promise.all(Array.from({ length: RUNS }, (_, n) => start(n)));
      await Promise.all(first.map((id) => ended(api, id)));
      await one.kill();
      const second = await Promise.all(Array.from({ length: RUNS }, (_, n) => start(RUNS + n)));
      await Promise.all(second.map((id) => ended(api, id)));
      const ids = [...first, ...second];
      await until(() => ids.every((id) => told().get(id)?.length === TOLD_A_RUN), 'every run to be told', 90_000);
      for (const id of ids) expect(told().get(id)).toEqual(await toTell(id));
    },
    LIMIT_MS,
  );
});
