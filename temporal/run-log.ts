import { setTimeout as pause } from 'node:timers/promises';
import type { InjectedSinks } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import { toReceipt } from '../core/wire';
import type { Log } from '../log/contract';
import { buried } from '../schemas/dead-letter';
import type { EventRecord } from '../schemas/event';
import type { ReceiptSignal, RunLog } from '../workflows/contract';

const PAUSE_MS = { first: 50, longest: 5_000 } as const;

export interface RunLogDeps {
  log: Log;
  /** Told of every record once the log has it. */
  onTold(record: EventRecord): void;
  /** Told of dead letters. */
  onBuried?(count: number): void;
  /** Milliseconds since 1970. */
  clock(): number;
  onFault(message: string, error: unknown): void;
}

/** The way of a run's events to the log: from an activity, and from the workflow itself. */
export function createRunLog({ log, onTold, onBuried, clock, onFault }: RunLogDeps) {
  const append = async (record: EventRecord): Promise<void> => {
    await log.append('onward.events', [{ key: record.invocationId, value: JSON.stringify(record) }]);
    onTold(record);
  };
  const bury = async (invocationId: string, strays: readonly ReceiptSignal[]): Promise<void> => {
    const letters = strays.map((stray) => deadLetter(invocationId, stray, clock()));
    await log.append('onward.receipts.dead', letters);
    onBuried?.(letters.length);
  };

  /**
   * Does not come back before the log has it, however long that is away: what is reported to Temporal as decided stands
   * in the log, or nobody hears of it. Should Temporal lose its patience, or we our life, the turn is taken again.
   */
  const withoutEnd = async (write: () => Promise<void>): Promise<void> => {
    for (let pauseMs: number = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)) {
      try {
        return await write();
      } catch (error) {
        onFault('the log does not take what a run has decided; it waits', error);
        await pause(pauseMs);
      }
    }
  };
  const sinks: InjectedSinks<Sinks & { log: RunLog }> = {
    log: {
      tell: { fn: (_, record) => withoutEnd(() => append(record)), callDuringReplay: false },
      bury: { fn: (_, id, strays) => withoutEnd(() => bury(id, strays)), callDuringReplay: false },
    },
  };
  return { append, sinks };
}

function deadLetter(invocationId: string, { receipt, at }: ReceiptSignal, now: number): { key: string; value: string } {
  const cause = 'the invocation has made no such attempt';
  const value = JSON.stringify(toReceipt(invocationId, receipt));
  return buried({ key: invocationId, value, cause, source: { invocationId, at: new Date(at).toISOString() } }, now);
}
