import type { Unsaved } from './draft-saver';

/** What this browser keeps of a draft until the server has it. */
export interface KeptDraft extends Unsaved {
  /** ISO 8601. */
  at: string;
  /** The window that it was typed in. */
  by: string;
}

const WINDOW_KEY = 'onward.window';
const draftKey = (flowId: string) => `onward.draft.${flowId}`;
const textKey = (flowId: string) => `onward.draft-text.${flowId}`;

/** The same after a reload, another in another window. */
function thisWindow(): string {
  const known = sessionStorage.getItem(WINDOW_KEY) ?? crypto.getRandomValues(new Uint32Array(2)).join('');
  sessionStorage.setItem(WINDOW_KEY, known);
  return known;
}

export function keptDraft(flowId: string): KeptDraft | null {
  const text = localStorage.getItem(draftKey(flowId));
  return text === null ? null : (JSON.parse(text) as KeptDraft);
}

/** Null forgets what this window has kept; what another one has stays. */
export function keepDraft(flowId: string, unsaved: Unsaved | null): void {
  const by = thisWindow();
  if (unsaved) {
    const kept: KeptDraft = { ...unsaved, at: new Date().toISOString(), by };
    localStorage.setItem(draftKey(flowId), JSON.stringify(kept));
  } else if (keptDraft(flowId)?.by === by) localStorage.removeItem(draftKey(flowId));
}

export function forgetDraft(flowId: string): void {
  localStorage.removeItem(draftKey(flowId));
}

/** A text that is no definition yet. */
export function keptText(flowId: string): string | null {
  return sessionStorage.getItem(textKey(flowId));
}

export function keepText(flowId: string, text: string | null): void {
  if (text === null) sessionStorage.removeItem(textKey(flowId));
  else sessionStorage.setItem(textKey(flowId), text);
}
