import { setTimeout as pause } from 'node:timers/promises';
import type { LookupOutcome } from '../../core/input';
import type { Receipt } from '../../schemas/receipt';
import { DEFAULT_SANDBOX_SCRIPT, parseSandboxScript, type SandboxScript } from '../../schemas/sandbox-script';
import type { Reason } from '../../schemas/vocabulary';
import type {
  MessageHandle,
  ProviderAdapter,
  RecallAnswer,
  SandboxMessage,
  SendAnswer,
  SendRequest,
  WebhookRequest,
} from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import type { OutboxEntry, SandboxOutbox } from './outbox';
import { phoneScript } from './phone-script';

/** Long enough for a receipt to have gone the whole way before the answer that it overtakes. */
const EARLY_LEAD_MS = 50;
/** As a real provider calls again whose call was not answered with success. */
const DELIVER_AGAIN_MS = 1_000;
/** How long before its end a process may have failed to play what was due; workers send on without it. */
const SLACK_MS = { alone: 1_000, sends: 0, plays: 60_000 } as const;
const FOLLOW_EVERY_MS = 10;
/** Scripts seen before: the same few come again and again. */
const SCRIPTS_HELD = 1_000;

/**
 * Who plays the receipts of what was sent: the process that sent it, or, where workers send, the one that consumes
 * receipts, for all of them. Early receipts always come from where the message was sent.
 */
export type SandboxPart = 'alone' | 'sends' | 'plays';

export interface SandboxDeps {
  outbox: SandboxOutbox;
  part: SandboxPart;
  /** The way of every receipt: log, consumer, engine. */
  deliver(receipts: Receipt[]): Promise<void>;
  /** Milliseconds since 1970. */
  clock(): number;
  onFault(message: string, error: unknown): void;
}

export interface Sandbox extends ProviderAdapter {
  /** What it was given to carry for one invocation, in the order it came. */
  messages(invocationId: string): Promise<SandboxMessage[]>;
  /** The script that a phone number stands for, or null. */
  scriptOf(address: string, timeoutSeconds: number): string | null;
  /**
   * Plays again what was due when the process ended, since a receipt that comes twice does no harm; and, where others
   * send, from now on what they do.
   */
  resume(): void;
}

/** A provider that sends nothing and does as it is told, keeping its own record of what it received. */
export function createSandbox(deps: SandboxDeps): Sandbox {
  const facts = PROVIDER_CATALOG.sandbox;
  if (!facts) throw new Error('the catalog has no sandbox');
  const player = createPlayer(deps);
  return {
    facts,
    async send(request) {
      const script = scriptFor(request);
      const { answer } = script;
      const providerMessageId = answer.type === 'reject' ? null : messageId(request);
      const acceptedAt = deps.clock() + (answer.type === 'accept' ? answer.afterMs : 0);
      await deps.outbox.add(entryOf(request, script, providerMessageId, deps.clock(), acceptedAt));
      if (script.early.length > 0) await player.playEarly(request.ref, providerMessageId, script);
      if (answer.type === 'reject' || providerMessageId === null) return rejected(answer);
      if (answer.type === 'accept' && answer.afterMs > 0) await pause(answer.afterMs);
      if (deps.part === 'alone') player.play(request.ref, providerMessageId, script, deps.clock());
      if (answer.type === 'hang') return silence(request.signal);
      return { outcome: 'accepted', providerMessageId, costMicros: facts.costMicros[request.channel] ?? 0 };
    },
    lookup: (message) => lookup(deps, message),
    recall: (message) => recall(deps, player, message),
    // The signed reference in the URL is the signature; whoever takes the receipt checks it.
    verify: ({ query }) => query.has('ref'),
    normalise,
    scriptOf: phoneScript,
    messages: (invocationId) => deps.outbox.messages(invocationId),
    resume() {
      for (const { ref, providerMessageId, script: text, acceptedAt } of deps.outbox.unplayed(SLACK_MS[deps.part])) {
        const script = parse(text);
        void player.playEarly(ref, providerMessageId, script);
        player.play(ref, providerMessageId, script, acceptedAt);
      }
      if (deps.part === 'plays') player.follow();
    },
    async close() {
      player.stop();
      await deps.outbox.close();
    },
  };
}

/** The attempt's own name: unique, and in the order of time, so that an index of them grows at its end. */
function messageId({ ref, invocationId }: SendRequest): string {
  return ref.slice(0, ref.lastIndexOf('.')).replace(invocationId, `sbx_${invocationId.slice('inv_'.length)}`);
}

interface Script extends SandboxScript {
  /** As it was written. */
  text: string;
}

const parsed = new Map<string, Script>();

/** The invocation's own script, else what the phone number asks for, else delivered@100ms. */
function scriptFor(request: SendRequest): Script {
  return parse(request.script ?? phoneScript(request.address, request.validitySeconds) ?? DEFAULT_SANDBOX_SCRIPT);
}

/** Scripts were checked at the invocation: one that cannot be read here is a bug of ours. */
function parse(text: string): Script {
  const held = parsed.get(text);
  if (held) return held;
  const result = parseSandboxScript(text);
  if (!result.ok) throw new TypeError(result.message);
  if (parsed.size >= SCRIPTS_HELD) parsed.clear();
  const script = { ...result.script, text };
  parsed.set(text, script);
  return script;
}

function entryOf(
  request: SendRequest,
  script: Script,
  providerMessageId: string | null,
  receivedAt: number,
  acceptedAt: number,
): OutboxEntry {
  const last = script.receipts[script.receipts.length - 1];
  const early = script.early.length > 0 ? receivedAt : 0;
  const lastDueAt = providerMessageId === null ? 0 : last ? acceptedAt + last.afterMs : early;
  return { request, providerMessageId, script: script.text, receivedAt, acceptedAt, lastDueAt };
}

function rejected(answer: SandboxScript['answer']): SendAnswer {
  const reason = answer.type === 'reject' ? answer.reason : 'provider_rejected';
  return { outcome: 'rejected', reason, code: codeOf(reason), retryAfterMs: null };
}

function codeOf(reason: Reason): string {
  return `sandbox_${reason}`;
}

/** It has the message and says nothing; receipts that the script has all the same still come. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the sandbox hangs as it was told to')), { once: true });
  });
}

/** A hanging provider cannot be asked either; any other knows exactly what it was given. */
async function lookup({ outbox }: SandboxDeps, { ref }: MessageHandle): Promise<LookupOutcome> {
  const message = await outbox.byRef(ref);
  if (!message) return { known: 'no' };
  const script = parse(message.script);
  if (script.answer.type === 'hang') return { known: 'unknown' };
  if (script.answer.type === 'reject') {
    const { reason } = script.answer;
    return { known: 'rejected', reason, code: codeOf(reason) };
  }
  return { known: 'yes', providerMessageId: message.providerMessageId, costMicros: message.costMicros };
}

async function recall(deps: SandboxDeps, player: Player, { ref }: MessageHandle): Promise<RecallAnswer> {
  const message = await deps.outbox.byRef(ref);
  if (!message) return { outcome: 'refused', code: 'sandbox_unknown_message' };
  const due = parse(message.script).receipts.filter(({ afterMs }) => message.acceptedAt + afterMs <= deps.clock());
  if (due.some(({ status }) => status === 'delivered' || status === 'read')) {
    return { outcome: 'refused', code: 'sandbox_already_delivered' };
  }
  player.cancel(ref);
  await deps.outbox.silence(ref);
  return { outcome: 'confirmed' };
}

/** `POST /v1/receipts/sandbox?ref=…` with `{ status, reason?, code?, at?, providerMessageId? }`. */
function normalise({ query, body }: WebhookRequest): Receipt[] {
  const given: unknown = JSON.parse(body.toString('utf8'));
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new TypeError('not an object');
  return [{ ...(given as Receipt), provider: 'sandbox', ref: query.get('ref') ?? '' }];
}

type Player = ReturnType<typeof createPlayer>;

/** Plays the receipts of a script at their times, and again where the log does not take them. */
function createPlayer({ outbox, part, deliver, clock, onFault }: SandboxDeps) {
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
  let following: NodeJS.Timeout | undefined;
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
  const hand = async (ref: string, one: Receipt): Promise<void> => {
    try {
      // A recall may have been another process's.
      if (part === 'plays' && outbox.silenced(ref)) return;
      await deliver([one]);
    } catch (error) {
      onFault('a sandbox receipt could not be delivered; it comes again', error);
      later(ref, DELIVER_AGAIN_MS, () => void hand(ref, one));
    }
  };

  return {
    async playEarly(ref: string, providerMessageId: string | null, script: SandboxScript): Promise<void> {
      await Promise.all(script.early.map((item) => hand(ref, receipt(ref, providerMessageId, item))));
      await pause(EARLY_LEAD_MS);
    },
    play(ref: string, providerMessageId: string, script: SandboxScript, acceptedAt: number): void {
      for (const item of script.receipts) {
        const dueInMs = Math.max(acceptedAt + item.afterMs - clock(), 0);
        later(ref, dueInMs, () => void hand(ref, receipt(ref, providerMessageId, item)));
      }
    },
    cancel(ref: string): void {
      for (const timer of timers.get(ref) ?? []) clearTimeout(timer);
      timers.delete(ref);
    },
    follow(): void {
      following = setInterval(() => {
        for (const { ref, providerMessageId, script, acceptedAt } of outbox.newcomers()) {
          if (providerMessageId) this.play(ref, providerMessageId, parse(script), acceptedAt);
        }
      }, FOLLOW_EVERY_MS);
    },
    stop(): void {
      stopped = true;
      clearInterval(following);
      for (const ref of [...timers.keys()]) this.cancel(ref);
    },
  };
}
