import { StoreUnavailable } from '../contract';

// biome-ignore lint/suspicious/noExplicitAny: a method of any sub-store; what goes in and comes out is not looked at.
type Method = (...given: any[]) => Promise<unknown>;

/** What SQLite and the system say when the disk, not the request, is at fault. */
const DISK_AT_FAULT = /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN)|ENOSPC|EFBIG|EDQUOT|EIO)/;

/** A sub-store whose disk faults come as StoreUnavailable. Not for the hot path, which waits for its group instead. */
export function guarded<T extends object>(room: T): T {
  const methods = Object.entries(room as Record<string, Method>).map(([name, method]) => [name, guard(method)]);
  return Object.fromEntries(methods) as T;
}

function guard(method: Method): Method {
  return async (...given) => {
    try {
      return await method(...given);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!DISK_AT_FAULT.test(code)) throw error;
      throw new StoreUnavailable('the data folder cannot be written or read', { cause: error });
    }
  };
}
