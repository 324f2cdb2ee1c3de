import type { Engine } from '../core/engine';
import type { Log, LogRecord, Subscription } from '../log/contract';
import { type Receipt, receiptSchema } from '../schemas/receipt';
import { validator } from '../schemas/validate';
import type { Store } from '../store/contract';
import type { References } from './contract';
import { type Resolution, resolve } from './resolve';

/** How long a receipt waits for its invocation to be known, try by try; then it is a dead letter. */
const PARKED_FOR_MS = [250, 1_000, 5_000, 30_000, 120_000, 600_000] as const;
const PARKED_PER_LOOK = 200;
const LOOK_EVERY_MS = 250;

export interface ConsumeDeps {
  log: Log;
  engine: Engine;
  store: Pick<Store, 'invocations' | 'parked'>;
  references: References;
  /** Milliseconds since 1970. */
  clock(): number;
  onFault(message: string, error: unknown): void;
}

const checkReceipt = validator<Receipt>(receiptSchema, 'receipt');

/**
 * Hands the receipts in the log to the engine, which has each one durably before its position is committed. What can
 * never be taken goes to the dead letters with its cause; while the engine is away everything waits.
 */
export async function consumeReceipts(deps: ConsumeDeps): Promise<Subscription> {
  const subscription = await deps.log.subscribe('onward.receipts', 'engine', async (records) => {
    await Promise.all(records.map((record) => take(deps, record)));
  });
  let looking: Promise<void> = Promise.resolve();
  let idle = true;
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    looking = lookAtParked(deps)
      .catch((error) => deps.onFault('the parked receipts could not be looked at', error))
      .finally(() => {
        idle = true;
      });
  }, LOOK_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all([subscription.stop(), looking]);
    },
  };
}

async function take(deps: ConsumeDeps, record: LogRecord): Promise<void> {
  const parsed = parse(record.value);
  if (!parsed.ok) return bury(deps, record, parsed.cause);
  const outcome = await offer(deps, parsed.receipt);
  if (outcome === 'forged') return bury(deps, record, 'the attempt reference was not signed by this Onward');
  if (outcome === 'unknown') await deps.store.parked.park(record.value, 0, deps.clock() + PARKED_FOR_MS[0]);
}

function parse(value: string): { ok: true; receipt: Receipt } | { ok: false; cause: string } {
  let body: unknown;
  try {
    body = JSON.parse(value);
  } catch {
    return { ok: false, cause: 'not JSON' };
  }
  const checked = checkReceipt(body);
  if (checked.ok) return { ok: true, receipt: checked.value };
  return { ok: false, cause: checked.errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ') };
}

/** A receipt that names its invocation reaches the engine in this very turn: what it leads to shares the log's commit. */
function offer(deps: ConsumeDeps, receipt: Receipt): Promise<'taken' | 'unknown' | 'forged'> {
  const resolution = resolve(receipt, deps.references, deps.store.invocations);
  return resolution instanceof Promise ? resolution.then((found) => give(deps, found)) : give(deps, resolution);
}

async function give(deps: ConsumeDeps, resolution: Resolution): Promise<'taken' | 'unknown' | 'forged'> {
  if (resolution.kind !== 'resolved') return resolution.kind;
  return deps.engine.receive(resolution.invocationId, resolution.input);
}

async function lookAtParked(deps: ConsumeDeps): Promise<void> {
  const { parked } = deps.store;
  // While the engine is away nothing is tried, so that nothing comes nearer to the dead letters.
  if (deps.engine.unavailable() !== null) return;
  for (const entry of await parked.due(deps.clock(), PARKED_PER_LOOK)) {
    const outcome = await offer(deps, JSON.parse(entry.receipt) as Receipt);
    const waitMs = PARKED_FOR_MS[entry.tries + 1];
    if (outcome === 'unknown' && waitMs !== undefined) {
      await parked.park(entry.receipt, entry.tries + 1, deps.clock() + waitMs);
    } else if (outcome !== 'taken') {
      await append(deps, '', entry.receipt, 'no invocation or message by that name', { parked: entry.tries + 1 });
    }
    await parked.remove(entry.id);
  }
}

async function bury(deps: ConsumeDeps, record: LogRecord, cause: string): Promise<void> {
  const { topic, partition, position } = record;
  await append(deps, record.key, record.value, cause, { topic, partition, position });
}

function append(deps: ConsumeDeps, key: string, value: string, cause: string, source: object): Promise<void> {
  const buried = JSON.stringify({ cause, source, at: new Date(deps.clock()).toISOString(), value });
  return deps.log.append('onward.receipts.dead', [{ key, value: buried }]);
}
