import { type ComponentType, lazy } from 'react';
import type { Rights } from '../../client/session';

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
  { path: 'provider-accounts', seen: administers, Page: lazy(() => import('./accounts/accounts')) },
  { path: 'templates', seen: seesFlows, Page: lazy(() => import('./templates/templates')) },
  { path: 'callback-profiles', seen: seesFlows, Page: lazy(() => import('./profiles/profiles')) },
  { path: 'keys', seen: administers, Page: lazy(() => import('./keys/keys')) },
  { path: 'people', seen: administers, Page: lazy(() => import('./people/people')) },
  { path: 'audit', seen: administers, Page: lazy(() => import('./audit/audit')) },
  {
    path: 'consents',
    seen: (rights: Rights) => rights.sees('consents'),
    Page: lazy(() => import('./consents/consents')),
  },
  { path: 'prices', seen: seesFlows, Page: lazy(() => import('./prices/prices')) },
  { path: 'you', seen: everybody, Page: lazy(() => import('./you/you')) },
] as const satisfies readonly Section[];
