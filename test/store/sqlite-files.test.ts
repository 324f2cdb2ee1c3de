import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createProjector } from '../../projection/project';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { createSqliteFlows } from '../../store/sqlite/flows';
import { createSqliteIdempotency } from '../../store/sqlite/idempotency';
import { createRowCache } from '../../store/sqlite/row-cache';
import { STORE_MIGRATIONS } from '../../store/sqlite/schema';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { fallbackRun, sampleDefinition, sampleLadder, sampleRecord } from '../support/sample-runs';
import { CALLBACK_SECRETS, keepSecretCallback } from '../support/secret-callback';
import { temporaryFolder } from '../support/temporary-folder';

const T0 = 1_700_000_000_000;
const DAY_MS = 86_400_000;
const folder = temporaryFolder();
const open = (name: string) => openDatabase(join(folder, name), { durability: 'normal' });

test('no address, variable, script, metadata or callback can be read in the files', async () => {
  const group = new GroupCommit(open('onward.db'));
  const seal = createSeal('a secret');
  const callbacksFile = join(folder, 'callbacks.db');
  const store = openSqliteStore({ group, viewsFile: join(folder, 'views.db'), callbacksFile, seal, catalog: {} });
  const views = createSqliteViews(join(folder, 'views.db'));
  const ladder = sampleLadder();
  const recipient = {
    id: 'customer-4711',
    phone: '+393351234567',
    email: 'ann@example.com',
    pushToken: 'push-token-1',
  };
  const record = sampleRecord('inv_1', ladder, {
    recipient,
    variables: { code: '493021' },
    sandbox: { sms: 'delivered@777ms' },
    metadata: { cart: 'basket-99' },
  });
  await store.records.put(record);
  await store.parked.park('{"raw":{"to":"+393351234567"}}', 0, T0, null);
  await store.receipts.keep([
    { id: 'onward.receipts/0/1', invocationId: 'inv_1', takenAt: T0, receipt: '{"raw":{"to":"+393351234567"}}' },
    // A name may be written with escapes.
    { id: 'onward.receipts/0/2', invocationId: 'inv_1', takenAt: T0, receipt: '{"\\u0072aw":"ann@example.com"}' },
    { id: 'onward.receipts/0/3', invocationId: 'inv_1', takenAt: T0, receipt: '{"status":"read","code":"code-4711"}' },
  ]);
  await store.suppressions.add({ mode: 'test', channel: 'sms', address: '+393351234567', reason: 'blocked' }, T0);
  await store.consents.put({
    mode: 'test',
    recipientId: 'customer-4711',
    purpose: 'otp',
    channel: null,
    granted: true,
    updatedAt: T0,
  });
  await store.accounts.create(
    {
      ...{ id: 'pac_eu', name: 'EU', provider: 'twilio', isDefault: true, enabled: true, perSecond: null },
      ...{ settings: { from: '+12025550123' }, credentials: { authToken: 'auth-token-of-twilio' } },
    },
    T0,
  );
  await keepSecretCallback(store, T0);
  await store.people.create({ id: 'per_ann', email: 'ann.admin@example.com', name: 'Ann', role: 'admin' }, T0);
  await store.people.change('per_ann', { passwordHash: '$argon2id$of-ann' });
  const report = (_: unknown, cause: Error) => {
    throw cause;
  };
  const projector = createProjector({
    views,
    records: store.records,
    ladders: async () => ladder,
    hash: seal.hash,
    report,
  });
  const values = fallbackRun('inv_1', ladder, T0).map((value) => JSON.stringify(value));
  const found = values.map((value, at) => {
    return { topic: 'onward.events' as const, partition: 0, position: at + 1, key: 'inv_1', value };
  });
  await projector.project(found);

  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('latin1'));
  expect(files.some((text) => text.includes('inv_1'))).toBe(true);
  for (const id of ['pac_eu', 'per_ann', 'cbp_secret', 'cbd_secret', 'code-4711']) {
    expect(files.some((text) => text.includes(id))).toBe(true);
  }
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
  for (const secret of secrets) expect(files.filter((text) => text.includes(secret))).toEqual([]);
  await views.close();
  await store.close();
  group.close();
});

test('the files are their owner’s alone', () => {
  open('modes.db').close();
  expect(statSync(join(folder, 'modes.db')).mode & 0o777).toBe(0o600);
});

test('migrations run once, in order, each room by itself', () => {
  const db = open('migrations.db');
  const first = 'CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1)';
  migrate(db, 'room', [first]);
  migrate(db, 'room', [first, 'UPDATE a SET n = n + 1']);
  migrate(db, 'room', [first, 'UPDATE a SET n = n + 1']);
  migrate(db, 'other room', ['UPDATE a SET n = n + 10']);
  expect(db.prepare('SELECT n FROM a').get([])).toMatchObject({ n: 12 });
  db.close();
});

test('a migration that fails leaves nothing of itself', () => {
  const db = open('failed.db');
  const first = 'CREATE TABLE a (n INTEGER)';
  expect(() => migrate(db, 'room', [first, 'INSERT INTO a VALUES (1); INSERT INTO none VALUES (1)'])).toThrow();
  migrate(db, 'room', [first, 'INSERT INTO a VALUES (5)']);
  expect(db.prepare('SELECT n FROM a').all([])).toEqual([{ n: 5 }]);
  db.close();
});

test('a file of a newer Onward is refused', () => {
  const db = open('newer.db');
  migrate(db, 'room', ['CREATE TABLE a (n INTEGER)', 'CREATE TABLE b (n INTEGER)']);
  expect(() => migrate(db, 'room', ['CREATE TABLE a (n INTEGER)'])).toThrow('newer version');
  db.close();
});

test('keys of days that are over are deleted, in portions, as new ones come', async () => {
  const group = new GroupCommit(open('idempotency.db'));
  migrate(group.db, 'store', STORE_MIGRATIONS);
  const idempotency = createSqliteIdempotency(group);
  const settle = async (key: string, now: number) => {
    const claim = await idempotency.claim('scope', key, 'body', now);
    if (claim.kind !== 'new') throw new Error(claim.kind);
    await claim.settle('answer');
  };
  const count = () => (group.db.prepare('SELECT count(*) AS n FROM idempotency').get([]) as { n: number }).n;
  await Promise.all(Array.from({ length: 700 }, (_, n) => settle(`old ${n}`, T0)));
  await settle('next day', T0 + DAY_MS);
  expect(count()).toBe(701);
  await settle('third day', T0 + 2 * DAY_MS + 1);
  expect(count()).toBe(202);
  await settle('a moment later', T0 + 2 * DAY_MS + 200);
  expect(count()).toBe(3);
  group.close();
});

test('a claim whose group could not be written can be made again', async () => {
  const group = new GroupCommit(open('failing.db'));
  migrate(group.db, 'store', STORE_MIGRATIONS);
  const idempotency = createSqliteIdempotency(group);
  const claim = await idempotency.claim('scope', 'key', 'body', T0);
  if (claim.kind !== 'new') throw new Error(claim.kind);
  group.write(() => {
    throw new Error('disk full');
  });
  await expect(claim.settle('answer')).rejects.toThrow('disk full');
  expect((await idempotency.claim('scope', 'key', 'body', T0)).kind).toBe('new');
  group.close();
});

test('a flow that another process changed is read anew', async () => {
  const [ours, theirs] = [open('shared.db'), open('shared.db')];
  migrate(ours, 'store', STORE_MIGRATIONS);
  const flow = await createSqliteFlows(theirs).create(sampleDefinition, 'wf_a', T0);
  if (typeof flow === 'string') throw new Error(flow);
  let now = 0;
  const cache = createRowCache<string>(ours, 10, () => now);
  const name = () => {
    return cache.get('wf_a', () => (ours.prepare('SELECT name FROM flows').get([]) as { name: string }).name);
  };
  expect(name()).toBe(sampleDefinition.name);
  await createSqliteFlows(theirs).saveDraft(flow.id, { ...sampleDefinition, name: 'New' }, 1, T0);
  now = 999;
  expect(name()).toBe(sampleDefinition.name);
  now = 1000;
  expect(name()).toBe('New');
  ours.close();
  theirs.close();
});

test('the cache holds no more than its limit and asks again for what it let go', () => {
  const db = open('cache.db');
  const cache = createRowCache<string>(db, 2);
  const loads: string[] = [];
  const load = (key: string) => {
    loads.push(key);
    return key;
  };
  const read = (key: string) => cache.get(key, () => load(key));
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) read(key);
  expect(loads).toEqual(['a', 'b', 'c', 'b']);
  db.close();
});
