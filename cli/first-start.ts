import { hashKey } from '../api/auth';
import { newTicket } from '../api/tickets';
import { loadExamples } from '../examples/load';
import type { Role } from '../schemas/vocabulary';
import type { Store } from '../store/contract';
import { keptSecret } from './data-folder';
import { ensureOwner } from './owner';
import type { Settings } from './settings';

interface GivenKey {
  id: string;
  variable: string;
  file: string;
  prefix: string;
  role: Role;
  mode: 'live' | 'test';
  given: string | null;
}

/** The owner's key and the test key: from the environment, from the data folder, or made now. */
export async function ensureKeys(
  store: Store,
  settings: Pick<Settings, 'dataFolder' | 'ownerKey' | 'testKey' | 'adapters'>,
): Promise<{ made: { name: string; secret: string }[] }> {
  const keys: GivenKey[] = [
    {
      id: 'key_owner',
      variable: 'ONWARD_OWNER_KEY',
      file: 'owner.key',
      prefix: 'live_',
      role: 'owner',
      mode: 'live',
      given: settings.ownerKey,
    },
    {
      id: 'key_test',
      variable: 'ONWARD_TEST_KEY',
      file: 'test.key',
      prefix: 'test_',
      role: 'invoker',
      mode: 'test',
      given: settings.testKey,
    },
  ];
  const made: { name: string; secret: string }[] = [];
  // A store on a server may have been given its keys by another machine, which has them in its own folder.
  const shared = settings.adapters.store === 'mongodb';
  for (const key of keys) {
    if (shared && key.given === null && (await store.keys.byId(key.id))) continue;
    const secret = keptSecret(settings.dataFolder, key.file, key.given, key.prefix);
    if (secret.made) made.push({ name: key.variable, secret: secret.text });
    await ensureKey(store, key, secret.text);
  }
  return { made };
}

/** A key that was changed in the environment replaces the one that stood there before. */
async function ensureKey(store: Store, { id, variable, role, mode }: GivenKey, secret: string): Promise<void> {
  const hash = hashKey(secret);
  if ((await store.keys.byHash(hash))?.key.id === id) return;
  await store.keys.delete(id);
  await store.keys.create({ id, name: variable, role, mode, hint: secret.slice(-4), createdAt: Date.now() }, hash);
}

/** @returns the token of a link for the owner; null where one has signed in already */
export async function linkForOwner({ people, tickets }: Store): Promise<string | null> {
  const now = Date.now();
  const owners = await ensureOwner(people, now);
  const [owner] = owners;
  if (!owner || owners.some(({ activeSince }) => activeSince !== null)) return null;
  return (await newTicket(tickets, { kind: 'sign_in', personId: owner.id }, now)).token;
}

/** On an empty store the flows under examples/ are published, so that the first paste works. */
export async function publishExamples(store: Store): Promise<void> {
  const { items } = await store.flows.list({ limit: 1, cursor: null });
  if (items.length > 0) return;
  const now = Date.now();
  for (const { flow, templates } of loadExamples()) {
    for (const template of templates) await store.templates.create(template, 'approved', now);
    const { workflowId, ...definition } = flow;
    const created = await store.flows.create(definition, workflowId, now);
    if (typeof created === 'object') await store.flows.publish(created.id, definition, null, now);
  }
}
