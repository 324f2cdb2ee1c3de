import { setTimeout as pause } from 'node:timers/promises';
import type { Receipt } from '../../schemas/receipt';
import type { SandboxScript } from '../../schemas/sandbox-script';
import type { SandboxOutbox, StoredMessage } from './outbox';
import { parse } from './script';

const MS = {
  /** Long enough for a receipt to have gone the whole way before the answer that it overtakes. */
  earlyLead: 50,
  /** As a real provider calls again whose call was not answered with success. */
  deliverAgain: 1_000,
  /** What others have sent and not played by then they will not play any more. */
  overdue: 1_000,
  sweep: 250,
  tellPlayed: 500,
} as const;
const SWEPT_AT_ONCE = 1_000;

/**
 * Who plays the receipts of what was sent: whoever sent it. `alone` goes on with that after a restart. Where several
 * processes share the record each says what it has played (`sends`), and those that consume receipts play what the
 * others did not live to play (`sweeps`).
 */
export type SandboxPart = 'alone' | 'sends' | 'sweeps';

export interface SandboxDeps {
  outbox: SandboxOutbox;
  part: SandboxPart;
  /** The way of every receipt: log, consumer, engine. */
  deliver(receipts: Receipt[]): Promise<void>;
  /** Milliseconds since 1970. */
  clock(): number;
  onFault(message: string, error: unknown): void;
}

export type Player = ReturnType<typeof createPlayer>;

/** Plays the receipts of a script at their times, and again where the log does not take them. */
export function createPlayer({ outbox, part, deliver, clock, onFault }: SandboxDeps) {
  const timers = new Map<string, Set<NodeJS.Timeout>>();
  const receipt = (
    ref: string,
    providerMessageId: string | null,
    item: Omit<SandboxScript['receipts'][number], 'afterMs'>,
  ): Receipt => ({
    ref,
    provider: 'sandbox',
    providerMessageId,
    status: item.status,
    reason: item.reason,
    at: new Date(clock()).toISOString(),
  });
  let stopped = false;
  let sweeping: NodeJS.Timeout | undefined;
  let underWay: Promise<unknown> = Promise.resolve();
  const played = createPlayed(outbox, onFault);
  const later = (ref: string, ms: number, run: () => void) => {
    if (stopped) return;
    const set = timers.get(ref) ?? new Set();
    timers.set(ref, set);
    const timer = setTimeout(() => {
      set.delete(timer);
      if (set.size === 0) timers.delete(ref);
      run();
    }, ms);
    set.add(timer);
  };
  const hand = async (ref: string, one: Receipt, early = false): Promise<void> => {
    try {
      // A recall may have been another process's.
      if (part !== 'alone' && (await outbox.silenced(ref))) return;
      await deliver([one]);
      if (part !== 'alone' && !early && !timers.has(ref)) played.note(ref);
    } catch (error) {
      onFault('a sandbox receipt could not be delivered; it comes again', error);
      later(ref, MS.deliverAgain, () => void hand(ref, one, early));
    }
  };
  const player = {
    async playEarly(ref: string, providerMessageId: string | null, script: SandboxScript): Promise<void> {
      await Promise.all(script.early.map((item) => hand(ref, receipt(ref, providerMessageId, item), true)));
      await pause(MS.earlyLead);
    },
    play(ref: string, providerMessageId: string, script: SandboxScript, acceptedAt: number): void {
      for (const item of script.receipts) {
        const dueInMs = Math.max(acceptedAt + item.afterMs - clock(), 0);
        later(ref, dueInMs, () => void hand(ref, receipt(ref, providerMessageId, item)));
      }
    },
    playAgain({ ref, providerMessageId, script: text, acceptedAt }: StoredMessage): void {
      const script = parse(text);
      void player.playEarly(ref, providerMessageId, script);
      player.play(ref, providerMessageId, script, acceptedAt);
    },
    cancel(ref: string): void {
      for (const timer of timers.get(ref) ?? []) clearTimeout(timer);
      timers.delete(ref);
    },
    /** Plays at once, and from the first receipt on, what others should have played. */
    sweep(): void {
      let idle = true;
      const look = async () => {
        const messages = await outbox.overdue(clock() - MS.overdue, SWEPT_AT_ONCE);
        for (const { ref, providerMessageId, script } of messages) {
          const { early, receipts } = parse(script);
          for (const item of [...early, ...receipts]) await deliver([receipt(ref, providerMessageId || null, item)]);
        }
        if (messages.length > 0) await outbox.played(messages.map(({ ref }) => ref));
      };
      sweeping = setInterval(() => {
        if (!idle) return;
        idle = false;
        underWay = look()
          .catch((error) => onFault('what the sandbox owes could not be looked up', error))
          .finally(() => {
            idle = true;
          });
      }, MS.sweep);
    },
    async stop(): Promise<void> {
      stopped = true;
      clearInterval(sweeping);
      for (const ref of [...timers.keys()]) player.cancel(ref);
      await underWay;
      await played.close();
    },
  };
  return player;
}

/** Tells the record what has been played, many at a time. */
function createPlayed(outbox: SandboxOutbox, onFault: SandboxDeps['onFault']) {
  let refs: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const tell = async () => {
    timer = undefined;
    const told = refs;
    refs = [];
    // Untold, it is played once more.
    if (told.length > 0) await outbox.played(told).catch((error) => onFault('the sandbox lost count', error));
  };
  return {
    note(ref: string): void {
      refs.push(ref);
      timer ??= setTimeout(() => void tell(), MS.tellPlayed);
    },
    close(): Promise<void> {
      clearTimeout(timer);
      return tell();
    },
  };
}
