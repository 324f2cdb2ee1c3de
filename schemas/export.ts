import type { FromSchema } from 'json-schema-to-ts';
import { runFiltersSchema } from './run-filters';
import { REASONS } from './vocabulary';

export const EXPORT_DATASETS = ['invocations', 'attempts', 'events', 'rollups'] as const;
/** What can be exported: a row a run, a send, an event, or a rollup key. */
export type ExportDataset = (typeof EXPORT_DATASETS)[number];

export const EXPORT_FORMATS = ['ndjson', 'csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** `time`: RFC 3339 UTC with milliseconds in texts, a timestamp in Parquet. `json`: a text that holds JSON. */
export type ColumnType = 'text' | 'json' | 'integer' | 'boolean' | 'time';

export interface ExportColumn {
  name: string;
  type: ColumnType;
  nullable: boolean;
  /** What docs/exports.md says of it. */
  about: string;
}

type Value<T extends ColumnType> = T extends 'integer' ? number : T extends 'boolean' ? boolean : string;
type ValueIn<C extends ExportColumn> = C['nullable'] extends true ? Value<C['type']> | null : Value<C['type']>;
/** A row of these columns: each of them, and no other. */
export type RowOf<C extends readonly ExportColumn[]> = { [K in C[number] as K['name']]: ValueIn<K> };
/** Any row, as whoever writes it takes it. */
export type ExportRow = Readonly<Record<string, string | number | boolean | null>>;

/** Always there. */
function has<const N extends string, const T extends ColumnType>(name: N, type: T, about: string) {
  return { name, type, nullable: false, about } as const;
}

/** Null where there is none. */
function may<const N extends string, const T extends ColumnType>(name: N, type: T, about: string) {
  return { name, type, nullable: true, about } as const;
}

const OF_FLOW = [
  has('workflowId', 'text', 'the flow’s workflow ID'),
  has('flowId', 'text', 'the flow’s own ID'),
  has('flowVersion', 'integer', 'the version that the run began with'),
  has('mode', 'text', '`live` or `test`'),
] as const;

const INVOCATION_COLUMNS = [
  has('id', 'text', 'the invocation'),
  ...OF_FLOW,
  has('purpose', 'text', 'the flow’s purpose'),
  has('status', 'text', '`running`, `succeeded`, `failed`, `cancelled` or `expired`'),
  may('externalId', 'text', 'as the invocation gave it'),
  may('metadata', 'json', 'an object of texts, as the invocation gave it'),
  has('createdAt', 'time', 'when it was accepted'),
  may('endedAt', 'time', 'null while it runs'),
  may('reachedStep', 'text', 'the step that reached the person first'),
  may('reachedChannel', 'text', 'its channel'),
  may('reachedAt', 'time', 'when, by the provider’s clock'),
  has('duplicate', 'boolean', 'the person was reached twice'),
  has('late', 'boolean', 'some step reached the person after it was left, or after the end'),
  may('reason', 'text', 'why it failed'),
  has('attempts', 'integer', 'how many sends were handed to a provider'),
  has('costMicros', 'integer', 'millionths of `currency`'),
  has('costTwiceMicros', 'integer', 'of these, what was billed for reaching the person again'),
  has('currency', 'text', 'ISO 4217'),
  has('worstCaseCostMicros', 'integer', 'the most that it could have cost'),
  has('worstCaseSeconds', 'integer', 'the longest that it could have taken'),
] as const;

const ATTEMPT_COLUMNS = [
  has('invocationId', 'text', 'the run'),
  ...OF_FLOW,
  has('purpose', 'text', 'the flow’s purpose'),
  has('invocationStatus', 'text', 'of the run'),
  has('invocationCreatedAt', 'time', 'when the run was accepted'),
  has('step', 'text', 'the step’s name'),
  has('attempt', 'integer', 'from 1; 0 where the step was skipped before anything was sent'),
  has('channel', 'text', 'the step’s channel'),
  has('provider', 'text', 'who carried it'),
  may('account', 'text', 'the provider’s account, where the step names one'),
  may('providerMessageId', 'text', 'the provider’s name for the message'),
  has('status', 'text', 'as in the API: a receipt’s status, or `requested`, `skipped`, `uncertain`'),
  may('reason', 'text', 'why it did not reach the person'),
  may('code', 'text', 'the provider’s own code'),
  may('requestedAt', 'time', 'when it was handed to the provider'),
  may('acceptedAt', 'time', 'when the provider took it'),
  may('deadlineAt', 'time', 'when its step times out'),
  may('finalAt', 'time', 'when it was settled'),
  may('latencyMs', 'integer', 'from `acceptedAt` to `finalAt`'),
  has('costMicros', 'integer', 'millionths of `currency`'),
  has('currency', 'text', 'ISO 4217'),
  has('late', 'boolean', 'it succeeded after its step was left or the run had ended'),
  has('uncertain', 'boolean', 'the send was never answered'),
  has('duplicate', 'boolean', 'another attempt had reached the person before'),
  has('duplicateRisk', 'boolean', 'sent while an earlier message might still arrive'),
  has('why', 'text', 'what happened and why, in a sentence'),
] as const;

const EVENT_COLUMNS = [
  has('invocationId', 'text', 'the run'),
  ...OF_FLOW,
  has('seq', 'integer', 'from 1 within its run'),
  has('type', 'text', 'what happened'),
  has('at', 'time', 'when'),
  may('step', 'text', 'the step’s name'),
  may('attempt', 'integer', 'which send of the step'),
  may('provider', 'text', 'who carries it'),
  may('account', 'text', 'the provider’s account, where the step names one'),
  may('route', 'integer', 'which of the step’s providers, from 0; null: the first'),
  may('providerMessageId', 'text', 'the provider’s name for the message'),
  may('receiptStatus', 'text', 'of a receipt'),
  may('receiptAt', 'time', 'the provider’s own time of it'),
  may('reason', 'text', 'why it failed'),
  may('code', 'text', 'the provider’s own code'),
  may('action', 'text', 'what the failure leads to'),
  may('nextStep', 'text', 'where the ladder goes on'),
  may('deadlineAt', 'time', 'when the step times out'),
  may('until', 'time', 'until when it waits'),
  may('expiresAt', 'time', 'when the run expires'),
  may('costMicros', 'integer', 'millionths of the currency'),
  may('costs', 'json', 'what one send of each step was reckoned at, by the step’s number'),
  may('duplicateRisk', 'boolean', 'sent while an earlier message might still arrive'),
  may('timezone', 'text', 'by which quiet hours were judged'),
  may('country', 'text', 'of the recipient’s number'),
  may('unaddressable', 'json', 'the steps that the person has no address for'),
  may('because', 'text', 'why, in a sentence'),
] as const;

/** Counters of a rollup that have a column of their own name: see projection/rollup.ts for what each counts. */
export const ROLLUP_COUNTERS = [
  'attempted',
  'accepted',
  'rejected',
  'uncertain',
  'delivered',
  'lateDelivered',
  'read',
  'clicked',
  'replied',
  'duplicates',
  'failed',
  'timedOut',
  'skipped',
  'savedByFallback',
  'succeeded',
  'cancelled',
  'expired',
  'late',
  'costMicros',
  'costTwiceMicros',
  'reckoned',
  'allAtOnceMicros',
  'smsOnlyMicros',
  'smsOnlyUnknown',
  'smsOnlyCostMicros',
] as const;

const ROLLUP_COLUMNS = [
  has('hour', 'time', 'when the hour, or part of one, began in which the runs began'),
  ...OF_FLOW,
  may('step', 'text', 'null: counted of the whole run'),
  may('channel', 'text', 'null: of the whole run, or of a parallel step'),
  may('country', 'text', 'of the recipient’s number; null: there is none, or it is not counted'),
  ...ROLLUP_COUNTERS.map((name) => has(name, 'integer', 'a counter')),
  ...REASONS.map((reason) => has(`reason_${reason}`, 'integer', 'attempts that did not reach the person for it')),
  has('latency', 'json', 'times to deliver: how many by bucket, `{"374":5}`'),
  has('otherCounts', 'json', 'counters without a column, as an object'),
] as const;

export const EXPORT_COLUMNS = {
  invocations: INVOCATION_COLUMNS,
  attempts: ATTEMPT_COLUMNS,
  events: EVENT_COLUMNS,
  rollups: ROLLUP_COLUMNS as readonly ExportColumn[],
} as const satisfies Record<ExportDataset, readonly ExportColumn[]>;

export const exportQuerySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    format: { type: 'string', enum: EXPORT_FORMATS, description: 'Goes before Accept; default ndjson.' },
    ...runFiltersSchema.properties,
  },
} as const;
export type ExportQuery = FromSchema<typeof exportQuerySchema>;
