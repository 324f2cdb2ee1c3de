import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb';
import { StoreUnavailable } from '../contract';

const AWAY = [
  MongoNetworkError,
  MongoSystemError,
  MongoOperationTimeoutError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoWriteConcernError,
];

/**
 * What a server answers that cannot serve now: no primary, shutting down, out of time, out of disk, or no longer letting
 * us in. By https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml.
 */
const AWAY_CODES = new Set<unknown>([
  6, 7, 13, 18, 50, 64, 89, 91, 100, 112, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
]);

/** FerretDB gives what its own database says, with one code for all of it. */
const FERRET_AWAY = /database is locked|disk I\/O|disk is full|context canceled|database is closed/;

/** E11000; FerretDB says it of an update in the words of its own database. */
export function isTaken(error: unknown): boolean {
  if (!(error instanceof MongoServerError)) return false;
  return error.code === 11000 || error.message.includes('UNIQUE constraint failed');
}

/** Whether the server, not the request, is at fault. */
export function isAway(error: unknown): boolean {
  if (AWAY.some((kind) => error instanceof kind)) return true;
  if (error instanceof MongoBulkWriteError && isBrokenOff(error)) return true;
  // The driver does not export the class of a pool whose connections are all in use for too long.
  if (error instanceof Error && error.name === 'MongoWaitQueueTimeoutError') return true;
  if (!(error instanceof MongoServerError)) return false;
  return AWAY_CODES.has(error.code) || (error.code === 1 && FERRET_AWAY.test(error.message));
}

/** The driver wraps what breaks off an insert of many in an error without its class: no document was refused, then. */
function isBrokenOff(error: MongoBulkWriteError): boolean {
  if (error.result.getWriteConcernError()) return true;
  return refusedBy(error).length === 0 && typeof error.code !== 'number';
}

/**
 * The documents that the server refused, in an operation that came to its end. Not those of `result`, which are there
 * also when it broke off later.
 */
export function refusedBy({ writeErrors }: MongoBulkWriteError): WriteError[] {
  return [writeErrors].flat() as WriteError[];
}

/** The same error, or StoreUnavailable where the server is at fault. */
export function faultOf(error: unknown): unknown {
  return isAway(error) ? new StoreUnavailable('MongoDB does not answer', { cause: error }) : error;
}

/** Somebody waits for the answer: a request gets its 503 while its caller is still there. */
const PROMPT_MS = 4_500;

// biome-ignore lint/suspicious/noExplicitAny: a method of any sub-store; what goes in and comes out is not looked at.
type Method = (...given: any[]) => Promise<unknown>;

/** A sub-store whose faults of server and network come as StoreUnavailable. */
export function guarded<T extends object>(room: T): T {
  return eachMethod(room, (method) => method);
}

/**
 * The same, and StoreUnavailable after 4.5 s at the latest. A write that was on its way by then may still come to pass,
 * as with any server.
 */
export function prompt<T extends object>(room: T, withinMs: number = PROMPT_MS): T {
  return eachMethod(
    room,
    (method) =>
      (...given) =>
        within(method(...given), withinMs),
  );
}

function eachMethod<T extends object>(room: T, wrap: (method: Method) => Method): T {
  const methods = Object.entries(room as Record<string, Method>).map(([name, method]) => [name, guard(wrap(method))]);
  return Object.fromEntries(methods) as T;
}

function guard(method: Method): Method {
  return async (...given) => {
    try {
      return await method(...given);
    } catch (error) {
      throw faultOf(error);
    }
  };
}

/** @throws StoreUnavailable when the time is over first */
export async function within<T>(work: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailable(`MongoDB takes more than ${withinMs} ms`)), withinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
