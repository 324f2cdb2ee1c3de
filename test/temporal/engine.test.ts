import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { ulid } from 'ulid';
import { linkTemporal } from '../../cli/house/temporal-link';
import { keepToEngine } from '../../cli/marks';
import { freePort } from '../../cli/throwaway';
import { EngineUnavailable } from '../../core/engine';
import type { ReceiptInput } from '../../core/input';
import type { Ladder } from '../../core/ladder';
import { createPayloadCodec } from '../../temporal/codec';
import { connectTemporal } from '../../temporal/connection';
import { prepareTemplates } from '../scenarios/run-in-house';
import { EVERYWHERE } from '../scenarios/scenario';
import { HOUSE_SECRET, openHouse } from '../support/house';
import { publishInHouse, startInHouse, untilEnded, untilState } from '../support/run-in-house';
import { openTemporalHouse, type TemporalHouse } from '../support/temporal-house';
import { describeWithTemporal } from '../support/temporal-server';

describeWithTemporal('the engine on Temporal', (server) => {
  let house: TemporalHouse;
  let client: Client;
  let ladder: Ladder;

  beforeAll(async () => {
    house = await openTemporalHouse({ address: server.address });
    await prepareTemplates(house);
    await house.startEngine();
    ladder = await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 20 });
    const link = await linkTemporal({ TEMPORAL_ADDRESS: server.address }, { secret: HOUSE_SECRET, tracing: null });
    if (!link) throw new Error('no client');
    client = link.client;
  }, 60_000);
  afterAll(async () => {
    await client?.connection.close();
    await house.remove();
  });

  it('keeps what was started, and what was cancelled, for the worker that comes later', async () => {
    const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } });
    expect((await house.engine.describe(id))?.status).toBe('new');
    const cancelled = house.engine.cancel(id);
    await expect(cancelled).rejects.toThrow(EngineUnavailable);
    await house.addWorker();
    expect((await untilEnded(house, id)).status).toBe('cancelled');
    expect(await house.api.sandbox.messages(id)).toEqual([]);
    expect(await house.engine.cancel(id)).toBe('already_ended');
  }, 60_000);

  it('a run that is started again is the same run, while it goes on and after its end', async () => {
    const id = `inv_${ulid()}`;
    await startInHouse(house, ladder, { id, sandbox: { whatsapp: 'delivered@300ms' } });
    await again(house, ladder, id);
    await untilEnded(house, id);
    await again(house, ladder, id);
    expect(await house.api.sandbox.messages(id)).toHaveLength(1);
    expect((await house.engine.history(id, 0)).filter(({ type }) => type === 'InvocationStarted')).toHaveLength(1);
  });

  it('a receipt that is handed over again is one event in Temporal', async () => {
    const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } });
    await untilState(house, id, (state) => state.steps[0]?.attempts[0]?.send === 'accepted');
    const receipt = receiptOf({ status: 'sent' });
    for (let n = 0; n < 3; n++) expect(await house.engine.receive(id, receipt)).toBe('taken');
    await house.engine.complete(id);
    const { events } = await client.workflow.getHandle(id).fetchHistory();
    const signals = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes);
    // The receipt, and the complete.
    expect(signals).toHaveLength(2);
  });

  it('takes a receipt for a run that has ended, though its workflow is closed', async () => {
    const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } });
    await untilState(house, id, (state) => state.steps[0]?.attempts[0]?.send === 'accepted');
    await house.engine.cancel(id);
    await client.workflow.getHandle(id).result();
    const late = ['delivered', 'read', 'delivered'] as const;
    const outcomes = await Promise.all(late.map((status) => house.engine.receive(id, receiptOf({ status }))));
    expect(outcomes).toEqual(['taken', 'taken', 'taken']);
    const history = await house.engine.history(id, 0);
    expect(history.map(({ seq }) => seq)).toEqual(history.map((_, n) => n + 1));
    expect(history.filter(({ type }) => type === 'LateReceiptRecorded')).toHaveLength(2);
    expect((await house.engine.describe(id))?.steps[0]?.attempts[0]).toMatchObject({
      delivery: 'delivered',
      read: true,
    });
  });

  it('knows no run that there never was', async () => {
    const id = `inv_${ulid()}`;
    expect(await house.engine.receive(id, receiptOf({ status: 'delivered' }))).toBe('unknown');
    expect(await house.engine.cancel(id)).toBe('unknown');
    expect(await house.engine.describe(id)).toBeNull();
  });

  it('buries a receipt for an attempt that was never made, and says so', async () => {
    const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'delivered@500ms' } });
    await untilState(house, id, (state) => state.steps[0]?.attempts[0]?.send === 'accepted');
    await house.engine.receive(id, receiptOf({ status: 'failed', step: 'sms' }));
    await house.engine.receive(id, receiptOf({ status: 'failed', step: 'nowhere' }));
    expect((await untilEnded(house, id)).status).toBe('succeeded');
    const dead = (await house.log.read('onward.receipts.dead', 0, 0, 1_000)).filter(({ key }) => key === id);
    expect(dead).toHaveLength(2);
    expect(dead[0]?.value).toContain('no such attempt');
  });

  it('ends as cancelled where it is cancelled by the means of Temporal', async () => {
    const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } });
    await untilState(house, id, (state) => state.steps[0]?.attempts[0]?.send === 'accepted');
    await client.workflow.getHandle(id).cancel();
    expect((await untilEnded(house, id)).status).toBe('cancelled');
  });

  it('ends a run whose workflow was terminated from outside when it is told to', async () => {
    const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'silent' } });
    await untilState(house, id, (state) => state.steps[0]?.attempts[0]?.send === 'accepted');
    await client.workflow.getHandle(id).terminate();
    expect(await house.engine.receive(id, receiptOf({ status: 'delivered' }))).toBe('unknown');
    expect((await house.engine.describe(id))?.status).toBe('running');
    expect(await house.engine.cancel(id)).toBe('done');
    expect((await house.engine.describe(id))?.status).toBe('cancelled');
    expect(await house.engine.receive(id, receiptOf({ status: 'delivered' }))).toBe('taken');
  });

  it('leaves the runs of the other engine alone', async () => {
    const embedded = await openHouse();
    try {
      await embedded.startEngine();
      await prepareTemplates(embedded);
      const silent = await publishInHouse(embedded, { steps: ['whatsapp', 'sms'], timeoutSeconds: 20 });
      const marked = (engine: 'embedded' | 'temporal') => {
        return { dataFolder: embedded.folder, adapters: { engine, log: 'sqlite', store: 'sqlite' } } as const;
      };
      await keepToEngine(marked('embedded'), embedded);
      const id = await startInHouse(embedded, silent, { sandbox: { whatsapp: 'silent' } });
      await expect(keepToEngine(marked('temporal'), embedded)).rejects.toThrow(/unset TEMPORAL_ADDRESS/);
      await embedded.engine.cancel(id);
      // It is closed once the send that was under way has been answered.
      while (embedded.embedded?.openRuns !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await keepToEngine(marked('temporal'), embedded);
    } finally {
      await embedded.remove();
    }
  });

  it('is found by what it was, and Temporal knows neither address nor variable', async () => {
    const id = await startInHouse(house, ladder, { sandbox: { whatsapp: 'undelivered:unreachable@50ms' } });
    await untilEnded(house, id);
    const history = await client.workflow.getHandle(id).fetchHistory();
    const raw = Buffer.from(temporal.api.history.v1.History.encode(history).finish());
    expect(raw.includes('binary/encrypted')).toBe(true);
    for (const secret of [EVERYWHERE.phone, EVERYWHERE.email, '493021']) {
      expect(raw.includes(secret ?? '')).toBe(false);
    }
    const query = `OnwardWorkflow = "${ladder.workflowId}" AND OnwardFellBack = true AND OnwardChannel = "sms"`;
    expect(await found(client, query)).toEqual([id]);
  });
});

async function again(house: TemporalHouse, ladder: Ladder, invocationId: string): Promise<void> {
  const input = { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null } as const;
  await house.engine.start({ invocationId, ladder, input: { ...input, unaddressable: [] } }, Promise.resolve());
}

function receiptOf(given: Pick<ReceiptInput, 'status'> & Partial<ReceiptInput>): ReceiptInput {
  const none = { reason: null, code: null, at: null, providerMessageId: null, costMicros: null };
  return { type: 'ReceiptArrived', step: 'whatsapp', attempt: 1, ...none, ...given };
}

/** The index of Temporal follows by a moment. */
async function found(client: Client, query: string): Promise<string[]> {
  for (let tries = 0; tries < 100; tries++) {
    const ids: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
    if (ids.length > 0) return ids;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}

it('a server that does not answer is named with its variable', async () => {
  const settings = {
    address: `127.0.0.1:${await freePort()}`,
    namespace: 'default',
    taskQueue: 'onward',
    connection: {},
  };
  const connecting = connectTemporal({ settings, codec: createPayloadCodec(HOUSE_SECRET), patienceMs: 100 });
  await expect(connecting).rejects.toThrow(/^TEMPORAL_ADDRESS is “127.0.0.1:\d+”, where no Temporal server answers\./);
}, 15_000);
