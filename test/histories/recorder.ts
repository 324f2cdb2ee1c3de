import { Client, Connection } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { temporal } from '@temporalio/proto';
import { toWire } from '../../core/wire';
import { createPayloadCodec } from '../../temporal/codec';
import type { InvocationInput, InvocationResult } from '../../workflows/contract';
import { prepareHouse } from '../scenarios/run-in-house';
import { SEND_PATIENCE_MS } from '../scenarios/scenario';
import { HOUSE_SECRET } from '../support/house';
import { openTemporalHouse, type TemporalHouse } from '../support/temporal-house';
import { type History, historyToJson } from './proto-json';
import { factOf, writeHistory } from './saved-history';

const { EventType } = temporal.api.enums.v1;

/** A house on Temporal whose histories can be saved. */
export interface Recorder {
  house: TemporalHouse;
  client: Client;
  /**
   * Waits for the run's end and saves its history, or its histories. Resolves with the names of Temporal's events in
   * them, less what they all begin with.
   */
  save(id: string, title: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openRecorder(address: string): Promise<Recorder> {
  const house = await openTemporalHouse({ address, sendTimeoutSeconds: SEND_PATIENCE_MS / 1000 });
  await prepareHouse(house);
  const connection = await Connection.connect({ address });
  const client = new Client({
    connection,
    dataConverter: { payloadCodecs: [createPayloadCodec(HOUSE_SECRET)] },
  });
  return {
    house,
    client,
    async save(id, title) {
      await client.workflow.getHandle(id).result();
      const log = (await house.engine.history(id, 0)).map((event) => factOf(toWire(event)));
      const histories = await historiesOf(client, id);
      let from = 0;
      for (const [index, history] of histories.entries()) {
        const to = await toldUpTo(client, history);
        const part = histories.length > 1 ? ` (history ${index + 1} of ${histories.length})` : '';
        writeHistory({
          name: nameFor(title) + (part && `-${index + 1}`),
          title: title + part,
          invocationId: id,
          told: log.slice(from, to),
          events: historyToJson(history),
        });
        from = to;
      }
      return histories.flatMap(({ events }) => (events ?? []).map(typeName));
    },
    async close() {
      await connection.close();
      await house.remove();
    },
  };
}

function typeName({ eventType }: NonNullable<History['events']>[number]): string {
  return (EventType[eventType ?? 0] ?? '').replace('EVENT_TYPE_', '');
}

/** One, or more of a run that continued as new, oldest first. */
async function historiesOf(client: Client, id: string): Promise<History[]> {
  const histories: History[] = [];
  for (let runId: string | undefined; ; ) {
    const history = await client.workflow.getHandle(id, runId).fetchHistory();
    histories.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    if (!runId) return histories;
  }
}

/** The number of the last event that the log was told of in that history; what is later came after the run's end. */
async function toldUpTo({ options }: Client, { events }: History): Promise<number> {
  const last = events?.at(-1);
  const converter = options.loadedDataConverter;
  const next = last?.workflowExecutionContinuedAsNewEventAttributes?.input?.payloads;
  if (next) {
    const { begin } = await decodeFromPayloadsAtIndex<InvocationInput>(converter, 0, next);
    return begin.type === 'continued' ? JSON.parse(begin.state).seq : 0;
  }
  const result = last?.workflowExecutionCompletedEventAttributes?.result?.payloads;
  return (await decodeFromPayloadsAtIndex<InvocationResult>(converter, 0, result)).events;
}

function nameFor(title: string): string {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.slice(0, 64).replace(/^-|-$/g, '');
}
