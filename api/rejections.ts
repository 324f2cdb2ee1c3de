import { setTimeout as pause } from 'node:timers/promises';
import { slotOf } from '../core/slots';
import type { Mode } from '../schemas/vocabulary';
import type { RejectionCount, RejectionReason } from '../store/contract';
import { StoreUnavailable } from '../store/contract';
import { faultOf } from './fault';
import type { Services } from './services';

/** Counts invocations that were refused at the door, of flows that there are. */
export interface Rejections {
  count(mode: Mode, workflowId: string, reason: RejectionReason): void;
  /** Resolves once what was counted so far is in the store, or after 50 ms: no answer waits longer for it. */
  told(): Promise<void>;
}

const MS = { wait: 50, betweenWrites: 25 } as const;
/** Different ones that wait to be written; what comes beyond goes uncounted, so that a flood takes no memory. */
const WAITING_LIMIT = 10_000;

interface Counted {
  mode: Mode;
  workflowId: string;
  hour: number;
  reason: RejectionReason;
  count: number;
}

/** What is written at once, and who waits for it. */
interface Portion {
  counted: Map<string, Counted>;
  written: Promise<void>;
  done(): void;
}

function newPortion(): Portion {
  let done: () => void = () => {};
  const written = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { counted: new Map(), written, done };
}

/**
 * Refusals that come while others are being written, or soon after, are written together with the next: however many
 * there are, the store has at most 40 writes of them a second. A store that takes none is reported once, until it takes
 * one again; what it surely did not take goes with the next.
 */
export function createRejections({
  store,
  flows,
  now,
  logger,
}: Pick<Services, 'store' | 'flows' | 'now' | 'logger'>): Rejections {
  let waiting: Portion | null = null;
  let inHand: Portion | null = null;
  let running = false;
  let away = false;

  function gather(one: Counted): void {
    waiting ??= newPortion();
    const { counted } = waiting;
    const name = `${one.mode} ${one.hour} ${one.reason} ${one.workflowId}`;
    const held = counted.get(name);
    if (held) held.count += one.count;
    else if (counted.size < WAITING_LIMIT) counted.set(name, one);
  }

  async function writeAll(): Promise<void> {
    running = true;
    // What comes in the same turn goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting) {
      inHand = waiting;
      waiting = null;
      const taken = await write(inHand);
      inHand.done();
      inHand = null;
      // What is left waits for the next refusal.
      if (!taken) break;
      await pause(MS.betweenWrites, undefined, { ref: false });
    }
    running = false;
  }

  async function write({ counted }: Portion): Promise<boolean> {
    const portion = [...counted.values()];
    try {
      await store.rejections.add((await Promise.all(portion.map(placed))).flat());
      away = false;
      return true;
    } catch (error) {
      if (!away) logger.error({ error: faultOf(error) }, 'refused invocations could not be counted');
      away = true;
      if (error instanceof StoreUnavailable) portion.forEach(gather);
      return false;
    }
  }

  /** Nothing for what names no flow. */
  async function placed({ mode, workflowId, hour, reason, count }: Counted): Promise<RejectionCount[]> {
    const flow = await flows.identify(workflowId);
    return flow ? [{ mode, flowId: flow.flowId, flowVersion: flow.version, hour, reason, count }] : [];
  }

  return {
    count(mode, workflowId, reason) {
      gather({ mode, workflowId, hour: slotOf(now()), reason, count: 1 });
      if (!running) void writeAll();
    },
    async told() {
      const portion = waiting ?? inHand;
      if (!portion) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, MS.wait);
      });
      await Promise.race([portion.written, late]);
      clearTimeout(timer);
    },
  };
}
