import { Binary } from 'mongodb';
import { createKeptProjector } from '../../projection/project-kept';
import { type Claim, StoreUnavailable } from '../../store/contract';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoGenerations } from '../../store/mongo/generations';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';
import { asLogged, projectorOver, publishSample } from '../support/projected-runs';
import { fallbackRun, sampleLadder, sampleRecord } from '../support/sample-runs';
import { CALLBACK_SECRETS, keepSecretCallback } from '../support/secret-callback';

const asText = (bytes: Buffer | Binary) =>
  Buffer.from(Buffer.isBuffer(bytes) ? bytes : bytes.buffer).toString('latin1');
const T0 = 1_700_000_000_000;
const DAY_MS = 86_400_000;
const seal = createSeal('a secret');

describeWithMongo('what stands in MongoDB', (server) => {
  let link: MongoLink;
  beforeEach(async () => {
    link = await connectMongo(server.urlOf(freshName()));
  });
  afterEach(async () => {
    await link.db.dropDatabase().catch(() => {});
    await link.close();
  });
  const open = async () => (await openMongoStore(link, { seal, catalog: {} })).store;
  const ours = (claim: Claim) => {
    if (claim.kind !== 'new') throw new Error(`the claim is ${claim.kind}`);
    return claim;
  };

  test('no address, variable, script, metadata or callback can be read in any document', async () => {
    const store = await open();
    const ladder = await publishSample(store, 'a', 'wf_a', T0);
    const recipient = { id: 'customer-4711', phone: '+393351234567', email: 'ann@example.com', pushToken: 'token-1' };
    const given = {
      recipient,
      variables: { code: '493021' },
      sandbox: { sms: 'delivered@777ms' },
      metadata: { cart: 'basket-99' },
    };
    await store.records.put(sampleRecord('inv_1', ladder, given));
    await store.accounts.create(
      {
        ...{ id: 'pac_eu', name: 'EU', provider: 'twilio', isDefault: true, enabled: true, perSecond: null },
        ...{ settings: { from: '+12025550123' }, credentials: { authToken: 'auth-token-of-twilio' } },
      },
      T0,
    );
    await store.people.create({ id: 'per_ann', email: 'ann.admin@example.com', name: 'Ann', role: 'admin' }, T0);
    await store.people.change('per_ann', { passwordHash: '$argon2id$of-ann' });
    await keepSecretCallback(store, T0);
    await store.parked.park('{"raw":{"to":"+393351234567"}}', 0, T0, null);
    const raw = '{"raw":{"to":"+393351234567"}}';
    await store.receipts.keep([{ id: 'onward.receipts/0/1', invocationId: 'inv_1', takenAt: T0, receipt: raw }]);
    await store.suppressions.add({ mode: 'test', channel: 'sms', address: recipient.phone, reason: 'blocked' }, T0);
    const consent = { recipientId: recipient.id, purpose: 'otp', channel: null, granted: true, updatedAt: T0 };
    await store.consents.put({ mode: 'test', ...consent });
    await ours(await store.idempotency.claim('key_1', 'customer-4711', 'body', T0)).settle('inv_1');
    const generations = createMongoGenerations(link.db);
    const events = createMongoEvents(link.db);
    const projectorOn = (views: ReturnType<typeof generations.writer>) =>
      projectorOver(views, store, [ladder], seal.hash);
    const projector = createKeptProjector({ events, generations, projectorOn });
    await projector.project(asLogged(fallbackRun('inv_1', ladder, T0)));

    const dumps: string[] = [];
    for (const { name } of await link.db.listCollections({}, { nameOnly: true }).toArray()) {
      for (const document of await link.db.collection(name).find({}).toArray()) {
        // Bytes as the text that somebody would see who looks at them.
        const bytes = Object.values(document).filter((value) => Buffer.isBuffer(value) || value instanceof Binary);
        dumps.push(JSON.stringify(document), ...bytes.map(asText));
      }
    }
    expect(dumps.some((text) => text.includes('inv_1'))).toBe(true);
    const secrets = [
      ...Object.values(recipient),
      '3351234567',
      '493021',
      'delivered@777ms',
      'basket-99',
      'auth-token-of-twilio',
      'ann.admin',
      '$argon2id',
      ...CALLBACK_SECRETS,
    ];
    for (const secret of secrets) expect(dumps.filter((text) => text.includes(secret))).toEqual([]);
  });

  test('an idempotency key whose process died is another’s after 30 s, and the dead one settles nothing', async () => {
    const [first, second] = [await open(), await open()];
    const claimed = ours(await first.idempotency.claim('key_1', 'order-77', 'body', T0));
    expect(await second.idempotency.claim('key_1', 'order-77', 'body', T0 + 29_999)).toEqual({ kind: 'in_flight' });
    const taken = ours(await second.idempotency.claim('key_1', 'order-77', 'body', T0 + 30_000));
    await expect(claimed.settle('inv_1')).rejects.toThrow('took its key over');
    await claimed.release();
    await taken.settle('inv_2');
    const replay = { kind: 'replay', invocationId: 'inv_2' };
    expect(await first.idempotency.claim('key_1', 'order-77', 'body', T0 + 40_000)).toEqual(replay);
  });

  test('keys of more than a day ago are removed as others are claimed', async () => {
    const store = await open();
    const claims = link.db.collection('idempotency');
    for (const key of ['a', 'b', 'c'])
      await ours(await store.idempotency.claim('key_1', key, 'body', T0)).settle('inv_1');
    await store.idempotency.claim('key_1', 'd', 'body', T0 + DAY_MS);
    const until = performance.now() + 2_000;
    while ((await claims.countDocuments()) > 1 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await claims.countDocuments()).toBe(1);
  });

  test('two that publish at once make two versions, and the later one is the one that is invoked', async () => {
    const [first, second] = [await open(), await open()];
    const { flowId } = await publishSample(first, 'a', 'wf_a', T0);
    const definition = (await first.flows.get(flowId))?.draft;
    if (!definition) throw new Error('no flow');
    const made = await Promise.all([first, second].map(({ flows }) => flows.publish(flowId, definition, null, T0 + 1)));
    expect(made.map((version) => version?.version).sort()).toEqual([2, 3]);
    expect(await first.flows.get(flowId)).toMatchObject({ latestVersion: 3 });
  });

  test('once the connection is gone everything is StoreUnavailable', async () => {
    const store = await open();
    await link.close();
    await expect(store.flows.get('wf_a')).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.records.put(sampleRecord('inv_1', sampleLadder()))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.idempotency.claim('key_1', 'a', 'body', T0)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.invocations.foldedTo(0)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await store.unavailable()).toMatch(/^MongoDB does not answer/);
  });
});
