interface Keyed {
  key: string;
  position: number;
}

/** Handles the records of a batch; see `createSideBySide`. */
export type SideBySide = <R extends Keyed>(
  records: readonly R[],
  done: (position: number) => void,
  handle: (record: R) => Promise<void>,
) => Promise<void>;

/**
 * Records of one key are handled one after the other, of different keys side by side, and of all batches together at
 * most `atOnce`. `done` is told how far a batch is handled without a gap. After a failure nothing more of its batch is
 * begun, what is under way is waited for, and the failure is thrown.
 */
export function createSideBySide(atOnce: number): SideBySide {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  /** At once where there is room, so that a caller's first records are begun in its own turn. */
  const admission = (): Promise<void> | null => {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free--;
    return null;
  };

  return async (records, done, handle) => {
    const tails = new Map<string, Promise<void>>();
    const handled: boolean[] = [];
    let reached = 0;
    let failure: { error: unknown } | null = null;
    const admitted = async (record: (typeof records)[number], index: number): Promise<void> => {
      try {
        if (failure) return;
        await handle(record);
        handled[index] = true;
        const from = reached;
        while (handled[reached]) reached++;
        const last = records[reached - 1];
        if (reached > from && last) done(last.position);
      } catch (error) {
        failure ??= { error };
      } finally {
        release();
      }
    };
    /** A record that waits for another of its key takes no room meanwhile. */
    const begin = (record: (typeof records)[number], index: number): Promise<void> => {
      const wait = admission();
      return wait ? wait.then(() => admitted(record, index)) : admitted(record, index);
    };
    for (const [index, record] of records.entries()) {
      const before = tails.get(record.key);
      tails.set(record.key, before ? before.then(() => begin(record, index)) : begin(record, index));
    }
    await Promise.all(tails.values());
    // Assigned in a callback, which the compiler does not follow.
    const failed = failure as { error: unknown } | null;
    if (failed) throw failed.error;
  };
}
