import type { LogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/worker';
import type { Logger } from '../api/deps';

/** Of what Temporal would tell with a line: names and numbers of its own, nothing that a person's message can be in. */
const TOLD = [
  'sdkComponent',
  'target',
  'namespace',
  'taskQueue',
  'workflowType',
  'workflowId',
  'runId',
  'activityType',
  'activityId',
  'attempt',
  'ifaceName',
  'fnName',
] as const;
/** A worker that only sends is what we want. */
const EXPECTED = ['No workflows registered'];
const CAUSE_LENGTH = 300;

/** Temporal's warnings and errors as lines of the house's log; what is below them it keeps to itself. */
export function coreLog(logger: Logger): TemporalLogger {
  const log = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    if (level === 'ERROR') logger.error(fieldsOf(meta), `Temporal: ${message}`);
    if (level === 'WARN' && !EXPECTED.some((part) => message.startsWith(part)))
      logger.warn(fieldsOf(meta), `Temporal: ${message}`);
  };
  const silent = () => {};
  return {
    log,
    trace: silent,
    debug: silent,
    info: silent,
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

function fieldsOf(meta: LogMetadata): object {
  const fields: Record<string, unknown> = {};
  for (const name of TOLD) if (meta[name] !== undefined) fields[name] = meta[name];
  const cause = causeOf(meta.error);
  return cause === null ? fields : { ...fields, cause };
}

/** The core's own errors are texts (of gRPC, mostly). Of ours, only the kind and the place: they hold what they like. */
function causeOf(error: unknown): string | null {
  if (typeof error === 'string') return error.slice(0, CAUSE_LENGTH);
  if (!(error instanceof Error)) return null;
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return [error.name, place?.trim()].filter(Boolean).join(' ');
}
