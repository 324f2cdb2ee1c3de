import type { Mode, Role } from '../../../../schemas/vocabulary';
import type { Schemas } from '../../../client/api';

export type Key = Schemas['Key'];
export type MadeKey = Schemas['KeyCreated'];

export interface KeyDraft {
  name: string;
  role: Role;
  mode: Mode;
  flows: string[];
  /** As a field for date and time has it; empty: never. */
  expiresAt: string;
}

export const NEW_KEY: KeyDraft = { name: '', role: 'invoker', mode: 'live', flows: [], expiresAt: '' };
