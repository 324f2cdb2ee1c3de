import { lookup, promises } from 'node:dns';

/** All addresses of a name; rejects where it has none. */
export type LookUp = (hostname: string) => Promise<string[]>;

const PATIENCE = { timeout: 2_000, tries: 2 } as const;
/** What a name server that does not answer at all comes to; asking the system would wait for it again. */
const UNANSWERED: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECANCELLED']);

/**
 * Asks the name servers by ourselves, and the system (its hosts file, its search domains) only where they say that there
 * is no such name: the system's look-up blocks one of the process's few threads for as long as a dead name server takes,
 * and the sends of messages need those threads.
 */
export function createLookUp(): LookUp {
  const resolver = new promises.Resolver(PATIENCE);
  const asked = new Map<string, Promise<string[]>>();
  const ask = async (hostname: string) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found;
    const [first] = answers;
    const code = first.status === 'rejected' ? (first.reason as NodeJS.ErrnoException).code : undefined;
    if (code !== undefined && UNANSWERED.has(code)) throw first.status === 'rejected' ? first.reason : new Error(code);
    return bySystem(hostname);
  };
  return (hostname) => {
    // Many connections to one host begin together: one question for all of them.
    let answer = asked.get(hostname);
    if (!answer) {
      answer = ask(hostname).finally(() => asked.delete(hostname));
      asked.set(hostname, answer);
    }
    return answer;
  };
}

function bySystem(hostname: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true, verbatim: true }, (error, found) => {
      if (error) reject(error);
      else resolve(found.map(({ address }) => address));
    });
  });
}
