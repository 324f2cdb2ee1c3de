import type { Mode, Role } from '../schemas/vocabulary';
import type { Actor, ApiKey, Person } from '../store/contract';

/** Who asks: a key, or somebody who has signed in; on a public route nobody in particular. */
export interface Caller {
  kind: 'key' | 'person' | 'nobody';
  /** The key's ID (`key_…`), the person's (`per_…`), or empty. */
  id: string;
  name: string;
  role: Role;
  /** A person's is `live`: like an owner's key it sees test runs too where it asks for them. */
  mode: Mode;
  /** The mode is another than its own, by its choice: see inMode. */
  chosen?: true;
  /** Flow IDs that the key is held to; null: all. */
  flows: readonly string[] | null;
}

export function callerOf({ id, name, role, mode, flows }: ApiKey): Caller {
  return { kind: 'key', id, name, role, mode, flows };
}

/** The caller as what it did is remembered. */
export function actorOf({ kind, id, name }: Caller): Actor {
  return { kind, id, name };
}

export function callerOfPerson({ id, name, role }: Person): Caller {
  return { kind: 'person', id, name, role, mode: 'live', flows: null };
}
