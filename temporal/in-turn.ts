/** Work under one key is done one after the other, in the order it was asked for; under different keys side by side. */
export class InTurn {
  private readonly queues = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(key);
    const mine = before ? before.then(work, work) : work();
    this.queues.set(key, mine);
    const forget = () => {
      if (this.queues.get(key) === mine) this.queues.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }
}
