import type { Engine } from '../core/engine';
import type { Log, LogRecord, Subscription } from '../log/contract';
import { buried } from '../schemas/dead-letter';
import { type Receipt, receiptSchema } from '../schemas/receipt';
import { validator } from '../schemas/validate';
import type { KeptReceipt, Store } from '../store/contract';
import type { RunTracing } from '../tracing/contract';
import type { References } from './contract';
import type { Known } from './known';
import { type Resolution, resolve } from './resolve';
import { createSideBySide } from './side-by-side';

const LAST_WAIT_MS = 600_000;
/** How long a receipt waits for its invocation to be known, try by try; then it is a dead letter. */
const PARKED_FOR_MS = [250, 1_000, 5_000, 30_000, 120_000, LAST_WAIT_MS] as const;
const PARKED_PER_LOOK = 200;
/** Receipts on their way to the engine, of all partitions together. */
const AT_ONCE = 500;
const LOOK_EVERY_MS = 250;

export interface ConsumeDeps {
  log: Log;
  engine: Engine;
  store: Pick<Store, 'invocations' | 'parked' | 'receipts'>;
  references: References;
  known: Known;
  /** Null or left out: traces go nowhere. */
  tracing?: Pick<RunTracing, 'receipt'> | null;
  /** Told of each receipt that a run has. */
  onTaken?(): void;
  /** Told of each dead letter. */
  onDeadLetter?(): void;
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
  const sideBySide = createSideBySide(AT_ONCE);
  const subscription = await deps.log.subscribe('onward.receipts', 'engine', (records, done) =>
    sideBySide(records, done, (record) => take(deps, record)),
  );
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
  const source = `${record.topic}/${record.partition}/${record.position}`;
  const outcome = await offer(deps, parsed.receipt, { id: source, receipt: record.value });
  if (outcome === 'forged') return bury(deps, record, 'the attempt reference was not signed by this Onward');
  if (outcome === 'unknown') {
    await deps.store.parked.park(record.value, 0, deps.clock() + PARKED_FOR_MS[0], source);
  }
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
function offer(deps: ConsumeDeps, receipt: Receipt, came: Came): Promise<'taken' | 'unknown' | 'forged'> {
  const resolution = resolve(receipt, deps.references, deps.store.invocations);
  return resolution instanceof Promise
    ? resolution.then((found) => give(deps, found, came, receipt.traceparent))
    : give(deps, resolution, came, receipt.traceparent);
}

/** A receipt as it came, and what its record in the log is called. */
type Came = Pick<KeptReceipt, 'id' | 'receipt'>;

/** What the run takes is kept beside, whatever the engine makes of it; it counts as consumed once both are durable. */
async function give(
  { engine, store, clock, tracing, onTaken }: ConsumeDeps,
  resolution: Resolution,
  came: Came,
  traceparent: string | undefined,
): Promise<'taken' | 'unknown' | 'forged'> {
  if (resolution.kind !== 'resolved') return resolution.kind;
  const { invocationId, input } = resolution;
  let kept: Promise<void> | null = null;
  const keep = () => {
    kept ??= store.receipts.keep([{ ...came, invocationId, takenAt: clock() }]);
    // Should the engine fail first, this one is nobody's: the record comes again.
    kept.catch(() => {});
    return kept;
  };
  const receive = () => engine.receive(invocationId, input, keep);
  const outcome = await (tracing ? tracing.receipt({ invocationId, input, traceparent }, receive) : receive());
  if (outcome === 'taken') {
    await keep();
    onTaken?.();
  }
  return outcome;
}

async function lookAtParked(deps: ConsumeDeps): Promise<void> {
  const { parked } = deps.store;
  // While the engine is away nothing is tried, so that nothing comes nearer to the dead letters.
  if (deps.engine.unavailable() !== null) return;
  const due = await parked.due(deps.clock(), PARKED_PER_LOOK);
  if (due.length === 0) return;
  // Nor is anything given up while the read models do not know what happened until then.
  const knownUntil = await deps.known.until();
  for (const entry of due) {
    const came = { id: entry.source ?? `parked/${entry.id}`, receipt: entry.receipt };
    const outcome = await offer(deps, JSON.parse(entry.receipt) as Receipt, came);
    const next = PARKED_FOR_MS[entry.tries + 1];
    const waitMs = next ?? (knownUntil < entry.dueAt - LAST_WAIT_MS ? LAST_WAIT_MS : null);
    if (outcome === 'unknown' && waitMs !== null) {
      const tries = next === undefined ? entry.tries : entry.tries + 1;
      await parked.park(entry.receipt, tries, deps.clock() + waitMs, entry.source);
    } else if (outcome !== 'taken') {
      const letter = { key: '', value: entry.receipt, source: { parked: entry.tries + 1 } };
      const cause = 'no invocation or message by that name';
      await deps.log.append('onward.receipts.dead', [buried({ ...letter, cause }, deps.clock())]);
      deps.onDeadLetter?.();
    }
    await parked.remove(entry.id);
  }
}

async function bury(deps: ConsumeDeps, record: LogRecord, cause: string): Promise<void> {
  const { topic, partition, position, key, value } = record;
  const source = { topic, partition, position };
  deps.onFault('a receipt became a dead letter', new DeadLetterCause(cause, source));
  await deps.log.append('onward.receipts.dead', [buried({ key, value, cause, source }, deps.clock())]);
  deps.onDeadLetter?.();
}

/** For the process's own log; the letter itself, which may hold an address, stands in the dead topic alone. */
class DeadLetterCause extends Error {
  constructor(cause: string, source: Record<string, unknown>) {
    super(`${cause} (${JSON.stringify(source)})`);
    this.name = 'DeadLetterCause';
  }
}
