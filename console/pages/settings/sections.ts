import type { ComponentType } from 'react';
import type { Rights } from '../../client/session';
import { later } from '../../parts/later';

/** One section: its address below /settings, who sees it, and its page, which comes when it is asked for. */
interface Section {
  path: string;
  seen(rights: Rights): boolean;
  Page: ComponentType<{ id: string | null }>;
}

const administers = (rights: Rights) => rights.edits('administration');
const seesFlows = (rights: Rights) => rights.sees('flows');
const everybody = () => true;

export const SECTIONS = [
  { path: 'provider-accounts', seen: administers, ...later('settings', () => import('./accounts/accounts')) },
  { path: 'templates', seen: seesFlows, ...later('settings', () => import('./templates/templates')) },
  { path: 'callback-profiles', seen: seesFlows, ...later('settings', () => import('./profiles/profiles')) },
  { path: 'keys', seen: administers, ...later('settings', () => import('./keys/keys')) },
  { path: 'people', seen: administers, ...later('settings', () => import('./people/people')) },
  { path: 'audit', seen: administers, ...later('settings', () => import('./audit/audit')) },
  {
    path: 'consents',
    seen: (rights: Rights) => rights.sees('consents'),
    ...later('settings', () => import('./consents/consents')),
  },
  { path: 'prices', seen: seesFlows, ...later('settings', () => import('./prices/prices')) },
  { path: 'you', seen: everybody, ...later('settings', () => import('./you/you')) },
] as const satisfies readonly Section[];

/** Begins to load the section of an address. */
export function askSection(pathname: string): void {
  const [, , , asked] = pathname.split('/');
  SECTIONS.find(({ path }) => path === asked)
    ?.ask()
    .catch(() => {});
}
