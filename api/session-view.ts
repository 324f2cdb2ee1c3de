import type { SessionView } from '../schemas/session';
import type { Person } from '../store/contract';
import { rightsOf } from './access';
import type { Services } from './services';

/** Whether an invocation was ever made is asked of the store this often, until there is one. */
const LOOK_EVERY_MS = 2_000;

/** What GET /v1/session says of whoever asks. */
export type ViewSession = (person: Person | null) => Promise<SessionView>;

export function sessionViewer(services: Services): ViewSession {
  const { openId, providers } = services;
  const firstStart = createFirstStart(services);
  return async (person) => ({
    person: person && { id: person.id, name: person.name, email: person.email, role: person.role },
    rights: person && { ...rightsOf(person.role) },
    signIn: { password: true, openId: openId ? { name: openId.name } : null },
    firstStart: await firstStart(),
    sandboxOnly: providers.all().every(({ provider }) => provider === 'sandbox' || provider === 'inapp'),
  });
}

/** Once one was made it stays so, whatever retention takes away. */
function createFirstStart({ store, now }: Services): () => Promise<boolean> {
  let first = true;
  let askedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (!first || now() - askedAt < LOOK_EVERY_MS) return first;
    askedAt = now();
    for (const mode of ['test', 'live'] as const) {
      const { items } = await store.invocations.search({ mode }, { limit: 1, cursor: null }, 'metadata');
      if (items.length > 0) first = false;
    }
    return first;
  };
}
