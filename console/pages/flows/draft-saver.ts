import type { FlowDefinition } from '../../../schemas/flow';
import { ApiProblem } from '../../client/problem';
import { sameJson } from './edit-definition';

/** A draft as the server has it, with the tag that tells its state. */
export interface Stored {
  definition: FlowDefinition;
  etag: string;
}

/** Edits that the server does not have, with the draft that they were made on and its tag. */
export interface Unsaved extends Stored {
  base: FlowDefinition;
}

/**
 * Where the draft stands: `waiting` for the person to pause, `away` while the server does not answer, `refused` until
 * what it cannot take is mended, `conflict` until the person has chosen.
 */
export type SaveState =
  | { kind: 'saved' | 'waiting' | 'saving' | 'away' }
  | { kind: 'refused' | 'failed'; problem: ApiProblem }
  | { kind: 'conflict'; theirs: Stored };

export interface DraftWays {
  read(): Promise<Stored>;
  /** Answers the new tag. @throws ApiProblem */
  write(definition: FlowDefinition, etag: string): Promise<string>;
  /** Keeps on this machine what the server does not have yet; null: it has everything. */
  keep(unsaved: Unsaved | null): void;
}

const PAUSE_MS = 600;
const AGAIN_MS = 2_000;
/** What was sent is at fault, and the person can change it. */
const MENDABLE = [400, 409, 413, 422];

/** Saves a draft by itself as it is edited, and never over what somebody else has saved meanwhile. */
export class DraftSaver {
  state: SaveState = { kind: 'saved' };
  base: Stored;
  #current: FlowDefinition;
  /** Sent, and nobody knows whether it came to be. */
  #sent: FlowDefinition | null = null;
  #busy: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();
  readonly #ways: DraftWays;

  constructor(base: Stored, ways: DraftWays) {
    this.base = base;
    this.#current = base.definition;
    this.#ways = ways;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): SaveState => this.state;

  edit(definition: FlowDefinition): void {
    if (sameJson(definition, this.#current)) return;
    this.#current = definition;
    this.#keep();
    if (this.state.kind === 'conflict') return;
    this.#tell({ kind: this.#dirty() ? 'waiting' : 'saved' });
    this.#saveIn(PAUSE_MS);
  }

  /** At once, as when the page is left. Ends when nothing more can be done now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#busy;
    if (this.#dirty()) await this.#save();
    clearTimeout(this.#timer);
  }

  /** The other's draft stands, and what was typed here is given up; answers it. */
  takeTheirs(): FlowDefinition {
    if (this.state.kind !== 'conflict') return this.#current;
    this.base = this.state.theirs;
    this.#current = this.base.definition;
    this.#keep();
    this.#tell({ kind: 'saved' });
    return this.#current;
  }

  /** What was typed here is saved over the other's draft, unless that has changed again. */
  keepMine(): void {
    if (this.state.kind !== 'conflict') return;
    this.base = this.state.theirs;
    this.#saveIn(0);
  }

  retry(): void {
    this.#saveIn(0);
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), ms);
  }

  #save(): Promise<void> {
    // The one under way looks again at its end.
    this.#busy ??= this.#saveNow().finally(() => {
      this.#busy = null;
    });
    return this.#busy;
  }

  async #saveNow(): Promise<void> {
    const sending = this.#current;
    if (sameJson(sending, this.base.definition)) return this.#saved();
    this.#tell({ kind: 'saving' });
    try {
      const etag = await this.#ways.write(sending, this.base.etag);
      this.base = { definition: sending, etag };
      this.#sent = null;
      this.#saved();
    } catch (error) {
      await this.#refused(sending, problemOf(error));
    }
  }

  #saved(): void {
    this.#keep();
    if (!this.#dirty()) return this.#tell({ kind: 'saved' });
    this.#tell({ kind: 'waiting' });
    this.#saveIn(PAUSE_MS);
  }

  async #refused(sending: FlowDefinition, problem: ApiProblem): Promise<void> {
    if (problem.status === 412) return this.#compare(sending);
    if (problem.passing) {
      this.#sent = sending;
      this.#tell({ kind: 'away' });
      return this.#saveIn(AGAIN_MS);
    }
    const mendable = MENDABLE.includes(problem.status);
    this.#tell({ kind: mendable ? 'refused' : 'failed', problem });
    if (mendable && !sameJson(sending, this.#current)) this.#saveIn(PAUSE_MS);
  }

  /** The draft is not the one that was read: somebody has changed it, unless it was ourselves. */
  async #compare(sending: FlowDefinition): Promise<void> {
    try {
      const theirs = await this.#ways.read();
      const own = [sending, this.#sent, this.base.definition].some((one) => one && sameJson(one, theirs.definition));
      if (!own) return this.#tell({ kind: 'conflict', theirs });
      this.base = theirs;
      this.#sent = null;
      this.#saved();
    } catch (error) {
      const problem = problemOf(error);
      if (!problem.passing) return this.#tell({ kind: 'failed', problem });
      this.#tell({ kind: 'away' });
      this.#saveIn(AGAIN_MS);
    }
  }

  #dirty(): boolean {
    return !sameJson(this.#current, this.base.definition);
  }

  #keep(): void {
    const { definition: base, etag } = this.base;
    this.#ways.keep(this.#dirty() ? { definition: this.#current, base, etag } : null);
  }

  #tell(state: SaveState): void {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }
}

function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem({ status: 0, detail: String(error) });
}
