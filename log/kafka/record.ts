import type { EachBatchPayload } from 'kafkajs';
import type { Topic } from '../../schemas/vocabulary';
import type { LogRecord } from '../contract';

/** As kafkajs hands it over. */
export type Message = EachBatchPayload['batch']['messages'][number];

export function recordOf(topic: Topic, partition: number, { offset, key, value }: Message): LogRecord {
  return {
    topic,
    partition,
    position: Number(offset),
    // Others may write what has neither; a tombstone is an empty text.
    key: key?.toString('utf8') ?? '',
    value: value?.toString('utf8') ?? '',
  };
}
