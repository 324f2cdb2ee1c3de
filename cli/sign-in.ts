import type { Command } from 'commander';
import type { Person } from '../store/contract';
import { Complaint } from './complaint';
import { type OpenPeople, openPeople } from './house/people';
import { ensureOwner } from './owner';
import { readSettings } from './settings';
import { signInLink } from './sign-in-link';
import type { Terminal } from './terminal';

/** `onward sign-in`: a link that is good once, for whoever has the data folder, whether the server runs or not. */
export function addSignIn(program: Command, terminal: Terminal): void {
  program
    .command('sign-in')
    .description('print a link that signs the owner in, once, within 24 hours')
    .option('--email <address>', 'sign in the person of this address instead')
    .action((options: { email?: string }) => signIn(terminal, options.email ?? null));
}

async function signIn(terminal: Terminal, email: string | null): Promise<void> {
  const settings = readSettings(terminal.env, 'all');
  const open = await openPeople(settings, terminal.env);
  try {
    const now = Date.now();
    const person = await personOf(open, email, now);
    const token = await open.newLink(person.id, now);
    terminal.out(signInLink(settings, settings.port, token));
    terminal.err(`It signs in ${person.name}, once, within 24 hours.`);
  } finally {
    await open.close();
  }
}

async function personOf({ people }: OpenPeople, email: string | null, now: number): Promise<Person> {
  if (email === null) {
    const [owner] = await ensureOwner(people, now);
    if (owner) return owner;
    throw new Complaint('There is no owner. Say who: --email.');
  }
  const person = await people.byEmail(email);
  if (!person) throw new Complaint('Nobody of that address can sign in.');
  if (person.disabled) throw new Complaint('The person of that address is disabled.');
  return person;
}
