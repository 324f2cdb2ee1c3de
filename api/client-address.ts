import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ApiRequest } from './route';

/** A household's share of IPv6 counts as one client. */
const IPV6_PARTS = 4;

/**
 * Who sent a request, to count by. Where the console is reached by https there is a proxy before us, as we speak http:
 * the last that X-Forwarded-For names is whom it saw.
 */
export function clientOf({ headers, peer }: Pick<ApiRequest, 'headers' | 'peer'>, publicUrl: string): string {
  const named = publicUrl.startsWith('https:') ? lastOf(headers['x-forwarded-for']) : null;
  const address = named ?? peer();
  if (isIP(address) === 0) return 'unknown';
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return parsed.parts.slice(0, IPV6_PARTS).join(':');
}

function lastOf(header: string | string[] | undefined): string | null {
  const last = [header].flat().join(',').split(',').at(-1)?.trim() ?? '';
  return isIP(last) === 0 ? null : last;
}
