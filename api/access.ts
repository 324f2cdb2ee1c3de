import { type Level, RESOURCES, type Resource, type Role } from '../schemas/vocabulary';
import type { InvocationRecord } from '../store/contract';
import type { Caller } from './caller';

/** What a route asks for: nothing, that a person has signed in whatever they may, or a level on a resource. */
export type Access = 'public' | 'person' | Right;
export interface Right {
  resource: Resource;
  level: 'VIEW' | 'EDIT';
}

/** The design's table, in the order of RESOURCES: the one place that says what a role may. */
const TABLE: Record<Role, Record<Resource, Level>> = {
  owner: row('EDIT', 'EDIT', 'VIEW', 'VIEW', 'EDIT', 'EDIT', 'EDIT'),
  // Owners are out of an admin's reach: see api/people.ts and api/keys.ts.
  admin: row('EDIT', 'EDIT', 'VIEW', 'VIEW', 'EDIT', 'EDIT', 'EDIT'),
  publisher: row('EDIT', 'EDIT', 'VIEW', 'VIEW', 'NO ACCESS', 'VIEW', 'NO ACCESS'),
  operator: row('VIEW', 'EDIT', 'VIEW', 'VIEW', 'EDIT', 'EDIT', 'NO ACCESS'),
  // With addresses masked: see seesAddresses.
  analyst: row('VIEW', 'NO ACCESS', 'VIEW', 'VIEW', 'NO ACCESS', 'NO ACCESS', 'NO ACCESS'),
  invoker: row('NO ACCESS', 'EDIT', 'own VIEW', 'NO ACCESS', 'NO ACCESS', 'EDIT', 'NO ACCESS'),
  gateway: row('NO ACCESS', 'NO ACCESS', 'NO ACCESS', 'NO ACCESS', 'EDIT', 'NO ACCESS', 'NO ACCESS'),
};

function row(...levels: Level[]): Record<Resource, Level> {
  return Object.fromEntries(RESOURCES.map((resource, at) => [resource, levels[at]])) as Record<Resource, Level>;
}

/** What the role may, by resource. */
export function rightsOf(role: Role): Readonly<Record<Resource, Level>> {
  return TABLE[role];
}

/** Whether the role may at all; what is another's is told apart by maySee. */
export function allows(role: Role, access: Right): boolean {
  const level = TABLE[role][access.resource];
  if (level === 'NO ACCESS') return false;
  return access.level === 'VIEW' || level === 'EDIT';
}

/** The roles that may, for the sentence of a 403 and for the documentation. */
export function rolesWith(access: Right): Role[] {
  return (Object.keys(TABLE) as Role[]).filter((role) => allows(role, access));
}

/** A test key sees test runs only; owners see both; an invoker sees the runs that it started. */
export function maySee(caller: Caller, record: Pick<InvocationRecord, 'keyId' | 'mode'>): boolean {
  if (caller.mode === 'test' && record.mode !== 'test') return false;
  if (TABLE[caller.role].invocations === 'own VIEW') return record.keyId === caller.id && record.mode === caller.mode;
  return TABLE[caller.role].invocations !== 'NO ACCESS';
}

/** Whether addresses, and what providers wrote with them in it, may be shown: to none that sees its own runs alone, nor to analysts. */
export function seesAddresses(caller: Caller): boolean {
  if (masksAddresses(caller)) return false;
  const level = TABLE[caller.role].invocations;
  return level === 'VIEW' || level === 'EDIT';
}

/**
 * Whether every answer is without addresses: for who sees others' runs and not whom they were for. Who sees its own alone
 * was given the addresses by itself.
 */
export function masksAddresses(caller: Caller): boolean {
  return caller.role === 'analyst';
}

/** Whether lists and searches of the key are held to what it started itself. */
export function seesOnlyOwn(caller: Caller): boolean {
  return TABLE[caller.role].invocations === 'own VIEW';
}
