import { createRequire } from 'node:module';
import * as proto from '@temporalio/proto';
import { patchProtobufRoot } from '@temporalio/proto/lib/patch-protobuf-root';

export type History = proto.temporal.api.history.v1.IHistory;
type HistoryMessage = proto.temporal.api.history.v1.History;

interface ProtoJson {
  toJson(type: unknown, message: unknown): { events: unknown[] };
  fromJson(type: unknown, json: unknown, options: { ignoreUnknownFields: boolean }): HistoryMessage;
}

/**
 * Temporal's SDK has a function for this (historyToJSON), which takes its own copy of protobufjs, where npm has given
 * it one, to be that of the messages. This is the messages' own.
 */
const ofProto = createRequire(require.resolve('@temporalio/proto'));
const { toJson, fromJson }: ProtoJson = ofProto('protobufjs/ext/protojson');
const { History: HistoryType } = proto.temporal.api.history.v1;
const root = patchProtobufRoot(proto as never) as { lookupType(name: string): unknown };
const type = root.lookupType('temporal.api.history.v1.History');

/** The events of a history as `temporal workflow show --output json` has them. */
export function historyToJson(history: History): unknown[] {
  return toJson(type, HistoryType.fromObject(history)).events;
}

export function historyFromJson(events: unknown[]): HistoryMessage {
  return fromJson(type, { events }, { ignoreUnknownFields: true });
}
