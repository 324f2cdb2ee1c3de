import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AllowedRanges, whyRefused } from './address-guard';
import type { LookUp } from './look-up';

/** How many there are at once is the deliverer's to bound: several profiles may call one host. */
const SOCKETS = { idlePerHost: 64, idleMs: 30_000 } as const;

/** Nothing inside is connected to, whatever a name says now or said before. */
export class AddressRefused extends Error {
  readonly code = 'ONWARD_ADDRESS_REFUSED';
  constructor(why: string) {
    super(`the endpoint has ${why}, which ONWARD_CALLBACK_ALLOW does not permit`);
    this.name = 'AddressRefused';
  }
}

export interface GuardedAgents {
  /** `kept`: its connections are used again. `fresh`: each request has one of its own. */
  of(protocol: string): { kept: HttpAgent; fresh: HttpAgent };
  /** Where the host is an address as it stands: Node asks no look-up for it. */
  refusalOfAddress(hostname: string): AddressRefused | null;
  /** Why that host may not be called, by its address or by all that its name has now; null where it may. */
  refusal(hostname: string): Promise<AddressRefused | null>;
  close(): void;
}

/**
 * Connections that are kept open, and that are made to permitted addresses alone. The judgement is made on the very
 * addresses that the socket is then given, so that a name which leads elsewhere at its second look-up (DNS rebinding)
 * gains nothing. No proxy of the environment comes between.
 */
export function createGuardedAgents(allowed: AllowedRanges, lookUp: LookUp): GuardedAgents {
  const permitted = async (hostname: string): Promise<string[] | AddressRefused> => {
    const found = isIP(hostname) ? [hostname] : await lookUp(hostname);
    const good = found.filter((address) => whyRefused(address, allowed) === null);
    if (good.length > 0) return good;
    const why = found.map((address) => whyRefused(address, allowed)).find((one) => one !== null);
    return new AddressRefused(why ?? 'no address');
  };
  // Asked by Node for every connection that is not to an address as it stands; those are judged by `refusal`.
  const guarded: LookupFunction = (hostname, options, callback) => {
    permitted(hostname).then(
      (found) => {
        if (found instanceof AddressRefused) return callback(found, '', 0);
        const family = options.family === 4 || options.family === 6 ? options.family : null;
        const all = found
          .map((address) => ({ address, family: isIP(address) }))
          .filter((one) => family === null || one.family === family);
        const [first] = all;
        if (!first) return callback(new AddressRefused('no address of that family'), '', 0);
        if (options.all) return callback(null, all);
        return callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
  const fresh = { lookup: guarded, autoSelectFamily: true } as const;
  const kept = {
    ...fresh,
    keepAlive: true,
    maxFreeSockets: SOCKETS.idlePerHost,
    timeout: SOCKETS.idleMs,
    scheduling: 'lifo',
  } as const;
  const http = { kept: new HttpAgent(kept), fresh: new HttpAgent(fresh) };
  const https = { kept: new HttpsAgent(kept), fresh: new HttpsAgent(fresh) };
  return {
    of: (protocol) => (protocol === 'https:' ? https : http),
    refusalOfAddress(hostname) {
      const address = bare(hostname);
      const why = isIP(address) ? whyRefused(address, allowed) : null;
      return why === null ? null : new AddressRefused(why);
    },
    async refusal(hostname) {
      const found = await permitted(bare(hostname));
      return found instanceof AddressRefused ? found : null;
    },
    close() {
      for (const agent of [http.kept, http.fresh, https.kept, https.fresh]) agent.destroy();
    },
  };
}

/** A URL has an IPv6 address in brackets. */
function bare(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
