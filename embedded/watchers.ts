type Resolve = (changed: boolean) => void;

/** Callers that wait for the next thing to happen in a run. */
export class Watchers {
  private readonly waiting = new Map<string, Set<Resolve>>();
  private closed = false;

  /** True once `notify` is called for that run, false when the time is over or the engine closes. */
  wait(id: string, timeoutMs: number): Promise<boolean> {
    if (this.closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const set = this.waiting.get(id) ?? new Set<Resolve>();
      this.waiting.set(id, set);
      const timer = setTimeout(() => settle(false), timeoutMs);
      const settle = (changed: boolean): void => {
        clearTimeout(timer);
        set.delete(settle);
        if (set.size === 0) this.waiting.delete(id);
        resolve(changed);
      };
      set.add(settle);
    });
  }

  notify(id: string): void {
    const set = this.waiting.get(id);
    if (set) for (const settle of [...set]) settle(true);
  }

  close(): void {
    this.closed = true;
    for (const set of [...this.waiting.values()]) for (const settle of [...set]) settle(false);
  }
}
