import type { SendRequest } from '../../providers/contract';
import type { SandboxOutbox } from '../../providers/sandbox/outbox';
import { openMongoOutbox } from '../../providers/sandbox/outbox-mongo';
import { connectMongo, type MongoLink } from '../../store/mongo/connect';
import { createSeal } from '../../store/seal';
import { freshName } from '../support/fresh-name';
import { describeWithMongo } from '../support/mongo-server';

const T0 = 1_700_000_000_000;

describeWithMongo('the sandbox’s record in MongoDB', (mongo) => {
  let link: MongoLink;
  let here: SandboxOutbox;
  let there: SandboxOutbox;

  beforeAll(async () => {
    link = await connectMongo(mongo.urlOf(freshName()));
    const open = () => openMongoOutbox(link.db, { seal: createSeal('a secret'), clock: () => T0 });
    [here, there] = [await open(), await open()];
  });
  afterAll(() => link?.close());

  const add = (ref: string, lastDueAt: number, receivedAt = T0) => {
    const [invocationId = '', step = '0', attempt = '1'] = ref.split('.');
    const request = {
      ...{ ref, invocationId, step, attempt: Number(attempt), channel: 'sms', address: '+393351234567' },
      ...{ template: 'tpl_otp_sms', content: { text: 'Your code is 493021' } },
    } as SendRequest;
    const script = 'delivered@100ms';
    return here.add({ request, providerMessageId: `sbx_${ref}`, script, receivedAt, acceptedAt: T0, lastDueAt });
  };

  test('another process reads what was sent, and nothing of it stands readable', async () => {
    await add('inv_1.0.1.mac', T0 + 100);
    const sent = await there.messages('inv_1');
    expect(sent).toMatchObject([{ to: '+393351234567', content: { text: 'Your code is 493021' }, receivedAt: T0 }]);
    const raw = JSON.stringify(await link.db.collection('sandbox_messages').find({}).toArray());
    expect(raw).not.toContain(Buffer.from('+393351234567').toString('base64'));
    expect(raw).not.toMatch(/393351234567|493021/);
  });

  test('a message that is sent twice under one reference stands there twice', async () => {
    await add('inv_2.0.1.mac', 0, T0 + 1);
    await add('inv_2.0.1.mac', 0, T0 + 2);
    expect((await there.messages('inv_2')).map(({ receivedAt }) => receivedAt)).toEqual([T0 + 1, T0 + 2]);
  });

  test('what is due and was not played is told to who sweeps, the rest is not', async () => {
    await add('inv_3.0.1.mac', T0 + 100);
    await add('inv_4.0.1.mac', T0 + 100);
    await add('inv_5.0.1.mac', T0 + 9_000);
    await add('inv_6.0.1.mac', T0 + 100);
    await here.played(['inv_3.0.1.mac']);
    await here.silence('inv_6.0.1.mac');
    expect(await there.silenced('inv_6.0.1.mac')).toBe(true);
    const owed = (await there.overdue(T0 + 1_000, 10)).map(({ ref }) => ref).sort();
    expect(owed).toEqual(['inv_1.0.1.mac', 'inv_4.0.1.mac']);
    await there.played(owed);
    expect(await here.overdue(T0 + 1_000, 10)).toEqual([]);
  });

  test('what is owed for a message that never came is let go', async () => {
    await link.db.collection<{ _id: string; at: number }>('sandbox_due').insertOne({ _id: 'inv_7.0.1.mac', at: T0 });
    expect(await here.overdue(T0 + 1, 10)).toEqual([]);
    expect(await link.db.collection<{ _id: string }>('sandbox_due').findOne({ _id: 'inv_7.0.1.mac' })).toBeNull();
  });
});
