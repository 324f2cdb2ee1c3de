/** At most so many requests wait for their answer at once: what an SMSC allows. */
export class Window {
  private free: number;
  private readonly queue: (() => void)[] = [];

  constructor(size: number) {
    this.free = size;
  }

  /** False where the patience of the one who waits was over first. */
  async enter(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.free > 0) {
      this.free--;
      return true;
    }
    return new Promise((resolve) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = () => {
        this.queue.splice(this.queue.indexOf(go), 1);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.queue.push(go);
    });
  }

  leave(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.free++;
  }
}
