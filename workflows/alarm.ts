import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * The one timer of a run. It is moved only when it has to ring at another time: a timer that nobody waits for any more
 * is left to the end of the workflow, since to cancel it is one more event in the history.
 */
export class Alarm {
  private at: number | null = null;
  private scope: CancellationScope | null = null;

  constructor(private readonly ring: () => void) {}

  /** @param at milliseconds since 1970; null: not needed for now */
  set(at: number | null): void {
    if (at === null || at === this.at) return;
    this.scope?.cancel();
    this.at = at;
    const scope = new CancellationScope();
    this.scope = scope;
    scope
      .run(() => sleep(Math.max(at - Date.now(), 1)))
      .then(
        () => this.goOff(scope),
        (error) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }

  /** Rings by then, if it is not to ring before. */
  setAtLatest(at: number): void {
    if (this.at === null || this.at > at) this.set(at);
  }

  private goOff(scope: CancellationScope): void {
    if (this.scope !== scope) return;
    this.at = null;
    this.scope = null;
    this.ring();
  }
}
