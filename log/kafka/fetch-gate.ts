/** No fetch lasts longer: see `requestTimeout` of the consumers. */
const FETCH_ENDS_WITHIN_MS = 15_000;

/**
 * Closed from a new assignment on until no fetch of the one before is under way. kafkajs may join the group again in
 * the middle of one broker's fetch while those of others go on, and would take what they bring for the new assignment's:
 * the records between the committed offset and that fetch would never be seen.
 */
export class FetchGate {
  /** Brokers that were asked since the consumer has started. */
  private readonly asked = new Set<number>();
  /** Those whose last fetch may have begun before the assignment. */
  private late = new Set<number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly onOpen: () => void) {}

  isOpen(): boolean {
    return this.late.size === 0;
  }

  /** A new assignment begins. */
  close(): void {
    this.late = new Set(this.asked);
    if (this.timer) clearTimeout(this.timer);
    // For a broker that has left the cluster and is not asked again.
    if (!this.isOpen()) this.timer = setTimeout(() => this.open(), FETCH_ENDS_WITHIN_MS).unref();
  }

  /** A broker is about to be asked: what it was asked before has been dealt with. */
  fetching(broker: number): void {
    this.asked.add(broker);
    if (this.late.delete(broker) && this.isOpen()) this.open();
  }

  private open(): void {
    this.late.clear();
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.onOpen();
  }
}
