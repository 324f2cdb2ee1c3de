import i18next from 'i18next';
import { type ComponentType, lazy } from 'react';
import { wordsStarted } from '../words/words';

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

/**
 * A page that comes when it is asked for, together with the words that it says: one wait, and not one after the other.
 * `ask` begins before the page is drawn.
 */
export function later<P = object>(words: string | string[], load: Load<P>) {
  const ask: Load<P> = async () => {
    const said = wordsStarted().then(() => i18next.loadNamespaces(words));
    // Words that do not come are asked for again by whoever says them.
    const [page] = await Promise.all([load(), said.catch(() => {})]);
    return page;
  };
  return { ask, Page: lazy(ask) };
}
