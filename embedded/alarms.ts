/** What can be woken. `alarmSlot` belongs to Alarms. */
export interface Sleeper {
  wakeAt: number | null;
  alarmSlot: number;
}

const NOT_SET = -1;

/**
 * The times at which sleepers wake, as a binary heap in which an alarm can be moved and taken out: a run that has ended
 * leaves nothing behind, however far off its deadline was.
 */
export class Alarms<T extends Sleeper> {
  private readonly heap: T[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** @param at milliseconds since 1970; null: no alarm */
  set(sleeper: T, at: number | null): void {
    if (sleeper.wakeAt === at) return;
    const before = sleeper.wakeAt;
    sleeper.wakeAt = at;
    if (at === null) this.remove(sleeper);
    else if (before === null) this.insert(sleeper);
    else this.settle(sleeper.alarmSlot);
  }

  earliest(): T | null {
    return this.heap[0] ?? null;
  }

  clear(): void {
    for (const sleeper of this.heap) {
      sleeper.wakeAt = null;
      sleeper.alarmSlot = NOT_SET;
    }
    this.heap.length = 0;
  }

  private insert(sleeper: T): void {
    this.heap.push(sleeper);
    sleeper.alarmSlot = this.heap.length - 1;
    this.up(sleeper.alarmSlot);
  }

  private remove(sleeper: T): void {
    const slot = sleeper.alarmSlot;
    sleeper.alarmSlot = NOT_SET;
    const last = this.heap.pop();
    if (!last || last === sleeper) return;
    this.put(last, slot);
    this.settle(slot);
  }

  private settle(slot: number): void {
    this.down(this.up(slot));
  }

  private up(from: number): number {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (this.at(parent) <= this.at(slot)) break;
      this.swap(slot, parent);
      slot = parent;
    }
    return slot;
  }

  private down(from: number): void {
    let slot = from;
    for (;;) {
      const left = 2 * slot + 1;
      if (left >= this.heap.length) return;
      const right = left + 1;
      const least = right < this.heap.length && this.at(right) < this.at(left) ? right : left;
      if (this.at(slot) <= this.at(least)) return;
      this.swap(slot, least);
      slot = least;
    }
  }

  private at(slot: number): number {
    return this.heap[slot]?.wakeAt ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const one = this.heap[a];
    const other = this.heap[b];
    if (!one || !other) return;
    this.put(one, b);
    this.put(other, a);
  }

  private put(sleeper: T, slot: number): void {
    this.heap[slot] = sleeper;
    sleeper.alarmSlot = slot;
  }
}
