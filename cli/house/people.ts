import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newTicket } from '../../api/tickets';
import { migrate } from '../../sqlite/migrate';
import { openDatabase } from '../../sqlite/open';
import type { PersonStore, TicketStore } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { createSqlitePeople } from '../../store/sqlite/people';
import { STORE_MIGRATIONS } from '../../store/sqlite/schema';
import { createSqliteTickets } from '../../store/sqlite/tickets';
import { checkSecret, keptSecret, markOfSecret } from '../data-folder';
import { type Settings, StartError } from '../settings';
import { closeLinks, openLinks } from './links';

/** Who signs in, wherever they are kept; beside a server that runs, or without one. */
export interface OpenPeople {
  people: PersonStore;
  /** @returns the token of a link that signs them in once */
  newLink(personId: string, now: number): Promise<string>;
  close(): Promise<void>;
}

/** @throws StartError when there is nothing, or it is sealed with another secret */
export async function openPeople(
  settings: Pick<Settings, 'adapters' | 'dataFolder' | 'secret'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenPeople> {
  return settings.adapters.store === 'mongodb' ? onServer(settings, env.MONGODB_URL) : inFolder(settings);
}

function inFolder({ dataFolder, secret: given }: Pick<Settings, 'dataFolder' | 'secret'>): OpenPeople {
  const file = join(dataFolder, 'onward.db');
  if (!existsSync(file)) {
    throw new StartError(`ONWARD_DATA is “${dataFolder}”: no data there. Set it to the folder that the server has.`);
  }
  const secret = secretOf(dataFolder, given);
  checkSecret(dataFolder, secret);
  const seal = createSeal(secret);
  const db = openDatabase(file, { durability: 'full' });
  migrate(db, 'store', STORE_MIGRATIONS);
  return opened(createSqlitePeople(db, seal), createSqliteTickets(db), async () => void db.close());
}

function opened(people: PersonStore, tickets: TicketStore, close: () => Promise<void>): OpenPeople {
  const newLink = async (personId: string, now: number) =>
    (await newTicket(tickets, { kind: 'sign_in', personId }, now)).token;
  return { people, newLink, close };
}

async function onServer(
  { dataFolder, secret: given }: Pick<Settings, 'dataFolder' | 'secret'>,
  MONGODB_URL: string | undefined,
): Promise<OpenPeople> {
  const secret = secretOf(dataFolder, given);
  const links = await openLinks({ MONGODB_URL }, () => {});
  const { openMongoStore } = await import('../../store/mongo/store');
  try {
    if (!links.mongo) throw new StartError('MONGODB_URL is not set.');
    const { store } = await openMongoStore(links.mongo, { seal: createSeal(secret), catalog: {} });
    const mark = markOfSecret(secret);
    if ((await store.marks.keep('secret', mark)) !== mark) {
      throw new StartError(
        'ONWARD_SECRET is not the one that the data at MONGODB_URL was written with. Set it to that one.',
      );
    }
    return opened(store.people, store.tickets, () => closeLinks(links));
  } catch (error) {
    await closeLinks(links);
    throw error;
  }
}

/** Never made here: with a new one nobody there could be found. */
function secretOf(dataFolder: string, given: string | null): string {
  if (given === null && !existsSync(join(dataFolder, 'secret'))) {
    throw new StartError('ONWARD_DATA has no secret. Set ONWARD_SECRET to the one that the server runs with.');
  }
  return keptSecret(dataFolder, 'secret', given, '').text;
}
