import { Alarms, type Sleeper } from './alarms';

/** The longest that setTimeout takes. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;
/** Alarms handled before others get their turn. */
const ALARMS_PER_TURN = 500;

/** One timer for all alarms, set to the earliest. Due alarms ring in the order of their times. */
export class AlarmClock<T extends Sleeper> {
  private readonly alarms = new Alarms<T>();
  private timer: NodeJS.Timeout | null = null;
  private timerAt = Number.POSITIVE_INFINITY;
  private running = false;

  constructor(
    private readonly now: () => number,
    private readonly ring: (sleeper: T) => void,
  ) {}

  /** @param at milliseconds since 1970; null: no alarm */
  set(sleeper: T, at: number | null): void {
    this.alarms.set(sleeper, at);
    this.setTimer();
  }

  start(): void {
    this.running = true;
    this.setTimer();
  }

  stop(): void {
    this.running = false;
    this.unsetTimer();
  }

  clear(): void {
    this.alarms.clear();
  }

  private setTimer(): void {
    const at = this.alarms.earliest()?.wakeAt ?? Number.POSITIVE_INFINITY;
    // A timer that is set for earlier finds nothing due and sets itself anew: cheaper than moving it at each turn.
    if (!this.running || at >= this.timerAt) return;
    this.unsetTimer();
    this.timerAt = at;
    this.timer = setTimeout(() => this.goOff(), Math.min(Math.max(at - this.now(), 0), LONGEST_TIMEOUT_MS));
  }

  private unsetTimer(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.timerAt = Number.POSITIVE_INFINITY;
  }

  private goOff(): void {
    this.unsetTimer();
    for (let n = 0; n < ALARMS_PER_TURN && this.running; n++) {
      const sleeper = this.alarms.earliest();
      if (!sleeper || sleeper.wakeAt === null || sleeper.wakeAt > this.now()) break;
      this.alarms.set(sleeper, null);
      this.ring(sleeper);
    }
    this.setTimer();
  }
}
