import type { Role } from '../schemas/vocabulary';
import type { ApiKey, InvocationRecord } from '../store/contract';

export type Resource = 'flows' | 'invoke' | 'invocations' | 'analytics' | 'receipts' | 'consents' | 'administration';
type Level = 'NO ACCESS' | 'own VIEW' | 'VIEW' | 'EDIT';

/** What a route asks for: nothing, or a level on a resource. */
export type Access = 'public' | { resource: Resource; level: 'VIEW' | 'EDIT' };

/** The roles a key can have today, as the design's table gives them. */
const TABLE: Record<Role, Record<Resource, Level>> = {
  owner: {
    flows: 'EDIT',
    invoke: 'EDIT',
    invocations: 'VIEW',
    analytics: 'VIEW',
    receipts: 'EDIT',
    consents: 'EDIT',
    administration: 'EDIT',
  },
  invoker: {
    flows: 'NO ACCESS',
    invoke: 'EDIT',
    invocations: 'own VIEW',
    analytics: 'NO ACCESS',
    receipts: 'NO ACCESS',
    consents: 'EDIT',
    administration: 'NO ACCESS',
  },
  gateway: {
    flows: 'NO ACCESS',
    invoke: 'NO ACCESS',
    invocations: 'NO ACCESS',
    analytics: 'NO ACCESS',
    receipts: 'EDIT',
    consents: 'NO ACCESS',
    administration: 'NO ACCESS',
  },
};

/** Whether the role may at all; what is another's is told apart by maySee. */
export function allows(role: Role, access: Exclude<Access, 'public'>): boolean {
  const level = TABLE[role][access.resource];
  if (level === 'NO ACCESS') return false;
  return access.level === 'VIEW' || level === 'EDIT';
}

/** The roles that may, for the sentence of a 403 and for the documentation. */
export function rolesWith(access: Exclude<Access, 'public'>): Role[] {
  return (Object.keys(TABLE) as Role[]).filter((role) => allows(role, access));
}

/** A test key sees test runs only; owners see both; an invoker sees the runs that it started. */
export function maySee(key: ApiKey, record: Pick<InvocationRecord, 'keyId' | 'mode'>): boolean {
  if (key.mode === 'test' && record.mode !== 'test') return false;
  if (TABLE[key.role].invocations === 'own VIEW') return record.keyId === key.id && record.mode === key.mode;
  return TABLE[key.role].invocations !== 'NO ACCESS';
}

/** Whether what providers wrote, with the addresses in it, may be shown: to none that sees its own runs alone. */
export function seesAddresses(key: ApiKey): boolean {
  const level = TABLE[key.role].invocations;
  return level === 'VIEW' || level === 'EDIT';
}

/** Whether lists and searches of the key are held to what it started itself. */
export function seesOnlyOwn(key: ApiKey): boolean {
  return TABLE[key.role].invocations === 'own VIEW';
}
