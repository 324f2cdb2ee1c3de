import { setTimeout as pause } from 'node:timers/promises';
import type { LookupOutcome } from '../../core/input';
import type { Receipt } from '../../schemas/receipt';
import { DEFAULT_SANDBOX_SCRIPT, type SandboxScript } from '../../schemas/sandbox-script';
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
import type { OutboxEntry } from './outbox';
import { phoneScript } from './phone-script';
import { createPlayer, type Player, type SandboxDeps } from './player';
import { parse, type Script } from './script';

/** How long before its end a process may have failed to play what was due. */
const SLACK_MS = 1_000;

export interface Sandbox extends ProviderAdapter {
  /** What it was given to carry for one invocation, in the order it came. */
  messages(invocationId: string): Promise<SandboxMessage[]>;
  /** The script that a phone number stands for, or null. */
  scriptOf(address: string, timeoutSeconds: number): string | null;
  /**
   * Plays again what was due when the process ended, or, where others send, from now on what they did not play: a
   * receipt that comes twice does no harm.
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
      player.play(request.ref, providerMessageId, script, deps.clock());
      if (answer.type === 'hang') return silence(request.signal);
      return { outcome: 'accepted', providerMessageId, costMicros: facts.costMicros[request.channel] ?? 0 };
    },
    lookup: (message) => lookup(deps, message),
    recall: (message) => recall(deps, player, message),
    // The signed reference in the URL is the signature; whoever takes the receipt checks it.
    verify: ({ query }) => (query.has('ref') ? 'genuine' : 'unsigned'),
    normalise,
    scriptOf: phoneScript,
    messages: (invocationId) => deps.outbox.messages(invocationId),
    resume() {
      if (deps.part === 'sweeps') player.sweep();
      if (deps.part === 'alone') for (const message of deps.outbox.unplayed(SLACK_MS)) player.playAgain(message);
    },
    async close() {
      await player.stop();
      await deps.outbox.close();
    },
  };
}

/** The attempt's own name: unique, and in the order of time, so that an index of them grows at its end. */
function messageId({ ref, invocationId }: SendRequest): string {
  return ref.slice(0, ref.lastIndexOf('.')).replace(invocationId, `sbx_${invocationId.slice('inv_'.length)}`);
}

/** The invocation's own script, else what the phone number asks for, else delivered@100ms. */
function scriptFor(request: SendRequest): Script {
  return parse(request.script ?? phoneScript(request.address, request.validitySeconds) ?? DEFAULT_SANDBOX_SCRIPT);
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
