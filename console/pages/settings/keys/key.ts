import type { Mode, Role } from '../../../../schemas/vocabulary';

export interface Key {
  id: string;
  name: string;
  role: Role;
  mode: Mode;
  /** Flow and workflow IDs that it may invoke; null or none: all. */
  flows?: string[] | null;
  hint: string;
  createdAt: string;
  expiresAt?: string | null;
  lastUsedAt?: string | null;
  /** While the secret before holds beside the newest. */
  overlap?: { hint: string; endsAt: string } | null;
  createdBy?: unknown;
}

export type MadeKey = Key & { secret: string };

export interface KeyDraft {
  name: string;
  role: Role;
  mode: Mode;
  flows: string[];
  /** As a field for date and time has it; empty: never. */
  expiresAt: string;
}

export const NEW_KEY: KeyDraft = { name: '', role: 'invoker', mode: 'live', flows: [], expiresAt: '' };
