import type { Activities } from '../activities/contract';
import { RECONCILE_PATIENCE_MS } from '../core/climb';
import type { Command } from '../core/command';
import { decide } from '../core/decide';
import { type ControlOutcome, type Engine, EngineUnavailable, type NewRun } from '../core/engine';
import type { Event } from '../core/event';
import { fold } from '../core/evolve';
import type { Input, ReceiptInput } from '../core/input';
import { routeOf } from '../core/job';
import type { Ladder, SendRoute } from '../core/ladder';
import { hasMade, isSettled, nextWakeAt, pendingCommands } from '../core/pending';
import { initialState, type State } from '../core/state';
import { AlarmClock } from './alarm-clock';
import type { FlowRef, Journal } from './journal';
import { type LaneAccount, Lanes } from './lanes';
import { perform, performAgain } from './perform';
import { newRun, type Run } from './run';
import { Watchers } from './watchers';

/**
 * Bounds on what is taken in, past which an invocation is answered 503 instead of being made to wait, and on how long
 * a stop waits for the sends under way: less than the 10 s in which the whole process has to leave.
 */
const LIMITS = {
  sendsUnderWay: 2_000,
  sendsOfOneAccount: 1_000,
  sendsWaiting: 20_000,
  startsInBatch: 2_000,
  drainMs: 5_000,
} as const;

const RECOVERY_PAUSE_MS = 1_000;

/** Of what no provider is called for, and of sends that nobody can carry. */
const NO_ACCOUNT: LaneAccount = { id: '', perSecond: null };

export interface EmbeddedEngineDeps {
  journal: Journal;
  activities: Activities;
  /** What a run is made of is kept elsewhere and shares no commit with the journal: a start waits for it. */
  recordsApart: boolean;
  /** The compiled version that a run began with. */
  ladderOf(ref: FlowRef): Promise<Ladder>;
  /** The account that carries a send; null where there is none. */
  accountOf(route: SendRoute): LaneAccount | null;
  /** Milliseconds since 1970. */
  clock(): number;
  /** A run has ended, durably. */
  onEnded?(run: Pick<Run, 'id' | 'ladder' | 'state'>): void;
  /** A send begins that a receipt led to, so many milliseconds after the receipt had come. */
  onAdvanced?(ms: number): void;
  /** What cannot be told to a caller: a commit that failed, a run that cannot be read. */
  onFault(message: string, error: unknown): void;
}

/** What one group of the journal holds of ours, let out once it is on the disk. */
interface Batch {
  flushed: Promise<void>;
  touched: Map<Run, number>;
  /** `since`: when the receipt came that led to it, by the monotonic clock. */
  commands: { run: Run; command: Command; since: number | null }[];
  ended: Run[];
  starts: number;
}

/**
 * The one-machine host of the core. A decision is taken in memory at once, written with everything else of its turn in
 * one group, and let out (answers, commands, watchers) only after the group is on the disk. When a group cannot be
 * written the memory is ahead of the disk: it is thrown away and read anew, as after a crash.
 */
export class EmbeddedEngine implements Engine {
  private readonly runs = new Map<string, Run>();
  private readonly reading = new Map<string, Promise<Run | null>>();
  private readonly lanes = new Lanes(LIMITS.sendsUnderWay, LIMITS.sendsOfOneAccount);
  private readonly watchers = new Watchers();
  private readonly alarms: AlarmClock<Run>;
  private batch: Batch | null = null;
  private stopped: string | null = 'the engine is starting';
  private closing = false;
  private closed: Promise<void> | null = null;
  /** Sends that nobody has begun yet, by name: a stop in order says so to the next start. */
  private readonly unbegun = new Set<string>();
  /** Grows when the memory is thrown away: an answer to what an earlier memory asked is not for this one. */
  private generation = 0;

  constructor(private readonly deps: EmbeddedEngineDeps) {
    this.alarms = new AlarmClock<Run>(deps.clock, (run) => this.apply(run, { type: 'TimerFired' }));
  }

  /** Reads what is open and carries out again what was decided. Deadlines wait for `startClock`. */
  async recover(): Promise<void> {
    const left = this.deps.journal.takeLeft();
    // Before any of them is begun: else a crash would have it begun again without asking.
    if (left.size > 0) await this.deps.journal.flushed();
    const open: Run[] = [];
    for (const id of this.deps.journal.openIds()) {
      try {
        const run = await this.read(id);
        if (run) open.push(run);
      } catch (error) {
        // It stays open in the journal for whoever mends it; the others do not wait for that.
        this.deps.onFault(`run ${id} cannot be read`, error);
      }
    }
    if (this.closing) return;
    // All in one turn: what a receipt led a run to meanwhile would be carried out twice.
    this.stopped = null;
    for (const run of open) {
      this.runs.set(run.id, run);
      this.alarms.set(run, this.firstWakeAt(run.state));
      for (const command of pendingCommands(run.state)) {
        this.carryOut(run, command, left.has(nameOf(run, command)) ? perform : performAgain);
      }
    }
  }

  /** A provider that was being asked at the stop is asked anew, and has its time for that anew. */
  private firstWakeAt(state: State): number | null {
    const at = nextWakeAt(state);
    const now = this.deps.clock();
    const expired = state.expiresAt !== null && state.expiresAt <= now;
    if (at === null || expired || !state.steps.some(({ phase }) => phase === 'reconciling')) return at;
    return Math.max(at, Math.min(now + RECONCILE_PATIENCE_MS, state.expiresAt ?? Number.POSITIVE_INFINITY));
  }

  /** From here on deadlines fire, the overdue ones first and in order. */
  startClock(): void {
    this.alarms.start();
  }

  async start(run: NewRun, recorded: Promise<unknown>): Promise<void> {
    if (this.deps.recordsApart) await recorded;
    const refusal = this.unavailable();
    if (refusal) throw new EngineUnavailable(refusal);
    const live = newRun(run.invocationId, run.ladder, initialState(run.ladder));
    this.runs.set(live.id, live);
    this.deps.journal.opens(live.id);
    this.apply(live, run.input);
    if (this.batch) this.batch.starts++;
    await this.durable();
  }

  async receive(invocationId: string, receipt: ReceiptInput, taken?: () => void): Promise<'taken' | 'unknown'> {
    const run = this.runs.get(invocationId) ?? (await this.revive(invocationId));
    if (!run || !hasMade(run.state, receipt.step, receipt.attempt)) return 'unknown';
    taken?.();
    // A receipt that changes nothing may repeat one whose effect is not on the disk yet.
    if (this.apply(run, receipt, performance.now()) || run.durableSeq < run.state.seq) await this.durable();
    return 'taken';
  }

  cancel(invocationId: string): Promise<ControlOutcome> {
    return this.control(invocationId, { type: 'CancelRequested' });
  }

  complete(invocationId: string): Promise<ControlOutcome> {
    return this.control(invocationId, { type: 'CompleteRequested' });
  }

  async describe(invocationId: string): Promise<State | null> {
    const run = this.runs.get(invocationId);
    if (!run) return (await this.read(invocationId))?.state ?? null;
    if (run.durableSeq < run.state.seq) await this.durable();
    return run.state;
  }

  async history(invocationId: string, after: number): Promise<Event[]> {
    const events = this.deps.journal.history(invocationId)?.events ?? [];
    return after > 0 ? events.filter((event) => event.seq > after) : events;
  }

  async changed(invocationId: string, after: number, timeoutMs: number): Promise<boolean> {
    const run = this.runs.get(invocationId);
    const seq = run ? run.durableSeq : ((await this.read(invocationId))?.state.seq ?? 0);
    return seq > after || this.watchers.wait(invocationId, timeoutMs);
  }

  /** How many runs are held in memory: those that are open, and for a moment an ended one that something came for. */
  get openRuns(): number {
    return this.runs.size;
  }

  /** How many sends, and questions about messages, wait for their turn. */
  get waiting(): number {
    return this.lanes.waiting;
  }

  unavailable(): string | null {
    if (this.stopped) return this.stopped;
    if (this.lanes.waiting > LIMITS.sendsWaiting) return 'more sends are waiting than the providers take';
    const starts = this.batch?.starts ?? 0;
    return starts > LIMITS.startsInBatch ? 'more invocations arrive than the disk takes' : null;
  }

  close(): Promise<void> {
    this.closed ??= this.finish();
    return this.closed;
  }

  private async finish(): Promise<void> {
    this.stopped = 'the engine is stopping';
    this.closing = true;
    this.alarms.stop();
    await this.lanes.drain(LIMITS.drainMs);
    try {
      await this.deps.journal.flushed();
      if (this.unbegun.size > 0) this.deps.journal.leave([...this.unbegun]);
      await this.deps.journal.flushed();
    } catch (error) {
      this.deps.onFault('what came of the last sends could not be written; they are looked at again', error);
    }
    // An answer that comes later still is asked for at the next start.
    this.generation++;
    this.watchers.close();
  }

  private async control(
    id: string,
    input: Extract<Input, { type: 'CancelRequested' | 'CompleteRequested' }>,
  ): Promise<ControlOutcome> {
    const run = this.runs.get(id) ?? (await this.revive(id));
    if (!run) return 'unknown';
    if (!this.apply(run, input)) return 'already_ended';
    await this.durable();
    return 'done';
  }

  /** Takes one input. False when it changed nothing. */
  private apply(run: Run, input: Input, since: number | null = null): boolean {
    const decision = decide(run.state, input, this.deps.clock());
    if (decision.events.length === 0) return false;
    const wasOpen = run.state.endedAt === null;
    run.state = decision.state;
    this.deps.journal.add(run.id, run.ladder, decision.events);
    if (isSettled(run.state)) this.deps.journal.closes(run.id);
    const batch = this.currentBatch();
    batch.touched.set(run, run.state.seq);
    if (wasOpen && run.state.endedAt !== null) batch.ended.push(run);
    for (const command of decision.commands) batch.commands.push({ run, command, since });
    this.alarms.set(run, nextWakeAt(run.state));
    return true;
  }

  private currentBatch(): Batch {
    const flushed = this.deps.journal.flushed();
    if (this.batch?.flushed === flushed) return this.batch;
    const batch: Batch = { flushed, touched: new Map(), commands: [], ended: [], starts: 0 };
    this.batch = batch;
    flushed.then(
      () => this.letOut(batch),
      (error) => this.startAnew(error),
    );
    return batch;
  }

  /** The group is on the disk: now it may be seen and acted upon. */
  private letOut(batch: Batch): void {
    if (this.batch === batch) this.batch = null;
    for (const [run, seq] of batch.touched) {
      run.durableSeq = seq;
      this.watchers.notify(run.id);
    }
    // What was decided during a stop is carried out at the next start: nothing is begun that cannot be finished.
    if (this.closing) {
      for (const { run, command } of batch.commands)
        if (command.type === 'Send') this.unbegun.add(nameOf(run, command));
      return;
    }
    for (const { run, command, since } of batch.commands) this.carryOut(run, command, perform, since);
    for (const run of batch.touched.keys()) this.letGo(run);
    for (const run of batch.ended) this.deps.onEnded?.(run);
  }

  private async durable(): Promise<void> {
    try {
      await this.deps.journal.flushed();
    } catch {
      throw new EngineUnavailable('the data folder cannot be written');
    }
  }

  private carryOut(run: Run, command: Command, how: typeof perform, since: number | null = null): void {
    const { generation } = this;
    const name = nameOf(run, command);
    // Of one that is done again nobody knows whether it was begun before.
    if (command.type === 'Send' && how === perform) this.unbegun.add(name);
    run.underWay++;
    this.lanes.run(run.ladder.purpose, this.laneOf(run, command), async () => {
      this.unbegun.delete(name);
      if (since !== null && command.type === 'Send') this.deps.onAdvanced?.(performance.now() - since);
      try {
        const input = await how(this.deps.activities, run, command);
        const ours = generation === this.generation && (this.stopped === null || this.closing);
        if (input && ours) this.apply(run, input);
      } catch (error) {
        this.deps.onFault(`“${command.type}” of ${run.id} could not be carried out`, error);
      } finally {
        run.underWay--;
        this.letGo(run);
      }
    });
  }

  /** A run that has ended, all of it on the disk, and that nothing comes for any more is not kept in memory. */
  private letGo(run: Run): void {
    const over = isSettled(run.state) && run.underWay === 0 && run.durableSeq === run.state.seq;
    if (over && this.runs.get(run.id) === run) this.runs.delete(run.id);
  }

  /** A send waits for its account's turn; questions about a message wait for no rate. */
  private laneOf({ state }: Run, command: Command): LaneAccount {
    if (command.type !== 'Send') return NO_ACCOUNT;
    return this.deps.accountOf(routeOf(state, command)) ?? NO_ACCOUNT;
  }

  private async read(id: string): Promise<Run | null> {
    const history = this.deps.journal.history(id);
    return history && newRun(id, ...(await this.refold(history.events, history)));
  }

  private async refold(events: readonly Event[], ref: FlowRef): Promise<[Ladder, State]> {
    const ladder = await this.deps.ladderOf(ref);
    return [ladder, fold(ladder, events)];
  }

  /** An ended run that something late has come for. Two receipts at once must meet in one and the same run. */
  private revive(id: string): Promise<Run | null> {
    if (this.stopped) return Promise.reject(new EngineUnavailable(this.stopped));
    const reading = this.reading.get(id);
    if (reading) return reading;
    const { generation } = this;
    const fresh = this.read(id)
      .then((run) => {
        if (generation !== this.generation) throw new EngineUnavailable('the engine is starting anew');
        // One that is open and not here is another engine's, or cannot be read: nothing is decided for it.
        if (!run || run.state.endedAt === null) return null;
        this.adopt(run);
        return run;
      })
      .finally(() => this.reading.delete(id));
    this.reading.set(id, fresh);
    return fresh;
  }

  /** Kept until what comes of it is on the disk; when nothing does, let go in the next turn. */
  private adopt(run: Run): void {
    this.runs.set(run.id, run);
    setImmediate(() => this.letGo(run));
  }

  /** What was decided since the last good group never happened: nobody has been told of it. */
  private startAnew(error: unknown): void {
    if (this.closing) return;
    this.deps.onFault('a group could not be written; the runs are read anew', error);
    this.generation++;
    this.stopped = 'the data folder cannot be written';
    this.batch = null;
    this.runs.clear();
    this.unbegun.clear();
    this.reading.clear();
    this.alarms.stop();
    this.alarms.clear();
    this.deps.journal.forget();
    setTimeout(() => void this.tryAgain(), RECOVERY_PAUSE_MS).unref();
  }

  private async tryAgain(): Promise<void> {
    try {
      // A send that is still under way must end first: the provider could not yet say that it has it.
      await this.lanes.drain();
      await this.deps.journal.probe();
      await this.recover();
      this.startClock();
    } catch (error) {
      this.startAnew(error);
    }
  }
}

function nameOf(run: Run, command: Command): string {
  return `${command.type} ${run.id} ${'attempt' in command ? command.attempt : 0} ${command.step}`;
}
