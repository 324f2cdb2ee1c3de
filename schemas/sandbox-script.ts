import { REASONS, RECEIPT_STATUSES, type Reason, type ReceiptStatus } from './vocabulary';

/**
 * The sandbox's script, a comma-separated list carried out in order (design: "Test keys and the sandbox"):
 * `reject:<reason>` · `hang` · `accept@<delay>` · `<status>[:<reason>]@<delay>` · `early:<status>` · `silent`,
 * each optionally followed by ` x2`. One grammar for the sandbox provider and for `simulate`.
 */
export interface SandboxScript {
  answer: { type: 'accept'; afterMs: number } | { type: 'reject'; reason: Reason } | { type: 'hang' };
  /** Receipts before the send's answer. */
  early: { status: ReceiptStatus; reason: Reason | null }[];
  /** Receipts after acceptance, in the order they are due. */
  receipts: { status: ReceiptStatus; reason: Reason | null; afterMs: number }[];
}

export type ScriptResult = { ok: true; script: SandboxScript } | { ok: false; message: string };

export const SANDBOX_SCRIPT_HINT =
  'Write a comma-separated list of: reject:<reason>, hang, silent, accept@<delay>, <status>[:<reason>]@<delay>, ' +
  'early:<status>; delays such as 200ms or 2s; " x2" after an item doubles it.';

/** What the sandbox does when nobody said otherwise. */
export const DEFAULT_SANDBOX_SCRIPT = 'delivered@100ms';

const MAX_ITEMS = 50;
const MAX_DELAY_MS = 7 * 24 * 3_600_000;
const STATUSES = new Set<string>(RECEIPT_STATUSES);
const KNOWN_REASONS = new Set<string>(REASONS);
const ITEM = /^([a-z]+)(?::([a-z_]+))?(?:@(\d{1,9})(ms|s))?$/;

type Item = { word: string; argument: string | undefined; delayMs: number | undefined };

/** Parses a script; never throws. At most 50 items and delays of at most 7 days. */
export function parseSandboxScript(text: string): ScriptResult {
  const script: SandboxScript = { answer: { type: 'accept', afterMs: 0 }, early: [], receipts: [] };
  const items = text.split(',');
  if (items.length > MAX_ITEMS) return { ok: false, message: `A script has at most ${MAX_ITEMS} items.` };
  for (const raw of items) {
    const [body = '', twice, ...rest] = raw.trim().split(/\s+/);
    if (rest.length > 0 || (twice !== undefined && twice !== 'x2')) return unreadable(raw);
    const match = ITEM.exec(body);
    if (!match) return unreadable(raw);
    const delayMs = match[3] === undefined ? undefined : Number(match[3]) * (match[4] === 's' ? 1000 : 1);
    if (delayMs !== undefined && delayMs > MAX_DELAY_MS) {
      return { ok: false, message: `“${raw.trim()}”: a delay is at most 7 days.` };
    }
    const problem = apply(script, { word: match[1] as string, argument: match[2], delayMs }, twice ? 2 : 1);
    if (problem) return { ok: false, message: `“${raw.trim()}”: ${problem}` };
  }
  script.receipts.sort((a, b) => a.afterMs - b.afterMs);
  return { ok: true, script };
}

function unreadable(raw: string): ScriptResult {
  return { ok: false, message: `“${raw.trim()}” is not a script item. ${SANDBOX_SCRIPT_HINT}` };
}

function apply(script: SandboxScript, item: Item, times: number): string | null {
  if (item.word === 'silent' || item.word === 'hang') {
    if (item.argument || item.delayMs !== undefined) return `${item.word} stands alone.`;
    if (item.word === 'hang') script.answer = { type: 'hang' };
    return null;
  }
  if (item.word === 'reject') {
    if (!isReason(item.argument)) return `reject needs a reason: ${REASONS.join(', ')}.`;
    script.answer = { type: 'reject', reason: item.argument };
    return null;
  }
  if (item.word === 'accept') {
    if (item.argument) return 'accept takes only a delay.';
    script.answer = { type: 'accept', afterMs: item.delayMs ?? 0 };
    return null;
  }
  return applyReceipt(script, item, times);
}

function applyReceipt(script: SandboxScript, item: Item, times: number): string | null {
  const early = item.word === 'early';
  const status = early ? item.argument : item.word;
  if (!isStatus(status)) return `the statuses are ${RECEIPT_STATUSES.join(', ')}.`;
  const reason = early ? undefined : item.argument;
  if (reason !== undefined && !isReason(reason)) return `the reasons are ${REASONS.join(', ')}.`;
  for (let n = 0; n < times; n++) {
    if (early) script.early.push({ status, reason: null });
    else script.receipts.push({ status, reason: reason ?? null, afterMs: item.delayMs ?? 0 });
  }
  return null;
}

function isReason(word: string | undefined): word is Reason {
  return word !== undefined && KNOWN_REASONS.has(word);
}

function isStatus(word: string | undefined): word is ReceiptStatus {
  return word !== undefined && STATUSES.has(word);
}
