import { createHash } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import { encodeToPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { type ControlOutcome, type Engine, EngineUnavailable, type NewRun } from '../core/engine';
import type { Event } from '../core/event';
import { fold } from '../core/evolve';
import type { ReceiptInput } from '../core/input';
import type { Ladder } from '../core/ladder';
import { dumpLadder } from '../core/ladder-json';
import { initialState, type State } from '../core/state';
import type { Log } from '../log/contract';
import type { Histories } from '../store/contract';
import {
  type ControlSignal,
  type InvocationInput,
  priorityOf,
  type ReceiptSignal,
  WORKFLOW_TYPE,
} from '../workflows/contract';
import { isAway, isInvalid, isNotFound } from './grpc';
import { type History, historyOf } from './histories';
import { InTurn } from './in-turn';
import { LateRuns } from './late-runs';
import { Presence } from './presence';
import { EventTail } from './tail';

const MS = {
  /** How long a call to the server may take. */
  call: 5_000,
  /** How long the answer to a cancel waits for a worker to take it. */
  control: 8_000,
} as const;

/** A turn that was handed to a worker which is gone is given to another after that: Temporal's own 10 s are long. */
const TURN_WITHIN = '5s';

export interface TemporalEngineDeps {
  client: Client;
  taskQueue: string;
  log: Pick<Log, 'append'>;
  /** What the log can be asked about the runs: the engine itself keeps nothing. */
  histories: Histories;
  ladderOf(ref: Omit<History, 'events'>): Promise<Ladder>;
  /** Which version a run that has been recorded is of; null where there is no record. */
  refOf(id: string): Promise<Omit<History, 'events'> | null>;
  sendTimeoutMs: number;
  /** Starts a workflow in that trace, null for none; left out where traces go nowhere. */
  under?<T>(traceparent: string | null, start: () => Promise<T>): Promise<T>;
  /** Milliseconds since 1970. */
  clock(): number;
  onFault(message: string, error: unknown): void;
}

/**
 * The API's side of the Temporal host: starts workflows, hands signals to them, and reads in the log what has become of
 * them. It decides nothing but what comes for a run after its end.
 */
export class TemporalEngine implements Engine {
  private readonly presence: Presence;
  private readonly tail: EventTail;
  private readonly late: LateRuns;
  private readonly inTurn = new InTurn();
  private readonly hashes = new WeakMap<Ladder, string>();
  /** Calls that have not been answered: the connection must outlive them. */
  private readonly underWay = new Set<Promise<unknown>>();
  private stopped = false;

  constructor(private readonly deps: TemporalEngineDeps) {
    this.presence = new Presence(deps.client);
    this.tail = new EventTail(deps.histories, deps.onFault);
    this.late = new LateRuns(deps);
  }

  /** A run that there is already is left as it is: a start whose answer was lost may be made again. */
  async start({ invocationId, ladder, input, traceparent }: NewRun, recorded: Promise<unknown>): Promise<void> {
    try {
      await recorded;
    } catch (error) {
      this.deps.onFault('an invocation could not be recorded', error);
      throw new EngineUnavailable('the store cannot be written');
    }
    const begin: InvocationInput['begin'] = { type: 'invoked', at: this.deps.clock(), input };
    const { sendTimeoutMs, under } = this.deps;
    const args: [InvocationInput] = [
      { ladder: dumpLadder(ladder), ladderHash: this.hashOf(ladder), sendTimeoutMs, begin },
    ];
    const begun = () =>
      this.deps.client.workflow.start(WORKFLOW_TYPE, {
        workflowId: invocationId,
        taskQueue: this.deps.taskQueue,
        workflowTaskTimeout: TURN_WITHIN,
        args,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        typedSearchAttributes: searchAttributesOf(ladder),
        priority: priorityOf(ladder),
        staticSummary: `${ladder.workflowId} v${ladder.version}`,
      });
    try {
      await this.call(() => (under ? under(traceparent ?? null, begun) : begun()));
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  /** Those of one run in the order they came. */
  receive(invocationId: string, receipt: ReceiptInput): Promise<'taken' | 'unknown'> {
    return this.inTurn.run(invocationId, () => this.handOver(invocationId, receipt));
  }

  private async handOver(invocationId: string, receipt: ReceiptInput): Promise<'taken' | 'unknown'> {
    const signal: ReceiptSignal = { at: this.deps.clock(), receipt };
    // The same receipt, handed over again, is the same request: the server takes it once.
    const requestId = createHash('sha256').update(JSON.stringify(receipt)).digest('hex');
    try {
      const found = await this.signal(invocationId, 'receipt', signal, requestId);
      return found ? 'taken' : await this.late.receive(invocationId, receipt);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      // As when a run has been signalled more often than the server allows: it must not hold up the others.
      this.deps.onFault(`a receipt for ${invocationId} was not taken`, error);
      return 'unknown';
    }
  }

  cancel(invocationId: string): Promise<ControlOutcome> {
    return this.control(invocationId, 'cancel', 'cancelled');
  }

  complete(invocationId: string): Promise<ControlOutcome> {
    return this.control(invocationId, 'complete', 'succeeded');
  }

  async describe(invocationId: string): Promise<State | null> {
    const history = await this.read(invocationId);
    if (history) return fold(await this.deps.ladderOf(history), history.events);
    // Started, and no worker has come to it yet.
    const ref = await this.deps.refOf(invocationId);
    return ref && initialState(await this.deps.ladderOf(ref));
  }

  async history(invocationId: string, after: number): Promise<Event[]> {
    return (await this.read(invocationId))?.events.slice(after) ?? [];
  }

  async changed(invocationId: string, after: number, timeoutMs: number): Promise<boolean> {
    // Listening first: what comes while it is read is not missed.
    const next = this.tail.next(invocationId, after, timeoutMs);
    const { length } = (await this.read(invocationId))?.events ?? [];
    return length > after || next;
  }

  unavailable(): string | null {
    return this.stopped ? 'the engine is stopping' : this.presence.away();
  }

  async close(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.tail.close();
    await Promise.allSettled([...this.underWay, this.presence.close()]);
    await this.deps.client.connection.close();
  }

  private async read(invocationId: string): Promise<History | null> {
    return historyOf(await this.deps.histories.of(invocationId));
  }

  private async control(
    id: string,
    type: 'cancel' | 'complete',
    wanted: 'cancelled' | 'succeeded',
  ): Promise<ControlOutcome> {
    const state = await this.describe(id);
    if (!state) return 'unknown';
    if (state.endedAt !== null) return 'already_ended';
    const signal: ControlSignal = { at: this.deps.clock() };
    const until = signal.at + MS.control;
    const found = await this.signal(id, type, signal, `${type} ${id}`);
    if (!found) {
      const input = { type: type === 'cancel' ? 'CancelRequested' : 'CompleteRequested' } as const;
      return this.inTurn.run(id, () => this.late.end(id, input));
    }
    for (;;) {
      const now = await this.describe(id);
      if (now && now.endedAt !== null) return now.status === wanted ? 'done' : 'already_ended';
      const left = until - this.deps.clock();
      if (left <= 0) break;
      await this.changed(id, now?.seq ?? 0, left);
    }
    throw new EngineUnavailable(`the ${type} is kept, but no worker has come to it yet`, 5);
  }

  /** False where no run by that ID is open. */
  private async signal(
    workflowId: string,
    signalName: string,
    signal: ReceiptSignal | ControlSignal,
    requestId: string,
  ): Promise<boolean> {
    const { client } = this.deps;
    const payloads = await encodeToPayloads(client.options.loadedDataConverter, signal);
    try {
      // Not by the client's handle, which gives each call a request ID of its own.
      await this.call(() =>
        client.workflowService.signalWorkflowExecution({
          namespace: client.options.namespace,
          workflowExecution: { workflowId },
          signalName,
          input: { payloads },
          identity: client.options.identity,
          requestId,
        }),
      );
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  private async call<T>(run: () => Promise<T>): Promise<T> {
    if (this.stopped) throw new EngineUnavailable('the engine is stopping');
    // While it is known to be away nobody waits: the client alone would try for seconds.
    const away = this.presence.away();
    if (away) throw new EngineUnavailable(away, 2);
    const answer = this.deps.client.withDeadline(Date.now() + MS.call, run);
    this.underWay.add(answer);
    try {
      return await answer;
    } catch (error) {
      if (!isAway(error)) throw error;
      throw new EngineUnavailable(this.presence.lost(), 2);
    } finally {
      this.underWay.delete(answer);
    }
  }

  private hashOf(ladder: Ladder): string {
    let hash = this.hashes.get(ladder);
    if (hash === undefined) {
      hash = createHash('sha256')
        .update(JSON.stringify(dumpLadder(ladder)))
        .digest('hex');
      this.hashes.set(ladder, hash);
    }
    return hash;
  }
}

const { KEYWORD, INT } = SearchAttributeType;
const WORKFLOW = defineSearchAttributeKey('OnwardWorkflow', KEYWORD);
const VERSION = defineSearchAttributeKey('OnwardVersion', INT);
const MODE = defineSearchAttributeKey('OnwardMode', KEYWORD);
const STATUS = defineSearchAttributeKey('OnwardStatus', KEYWORD);

function searchAttributesOf({ workflowId, version, mode }: Ladder): SearchAttributePair[] {
  return [
    { key: WORKFLOW, value: workflowId },
    { key: VERSION, value: version },
    { key: MODE, value: mode },
    { key: STATUS, value: 'running' },
  ];
}
