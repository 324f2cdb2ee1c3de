import { type IPv4, type IPv6, parse, parseCIDR } from 'ipaddr.js';

/** Ranges that are permitted by name. */
export type AllowedRanges = readonly Range[];
type Range = [IPv4 | IPv6, number];

/** Public to look at, and the host’s own at Azure (its metadata and agents). */
const METADATA_V4: ReadonlySet<string> = new Set(['168.63.129.16']);

/** @returns the text itself where it is no CIDR range such as 10.1.0.0/16 or fd00::/8 */
export function parseRange(text: string): Range | string {
  try {
    return parseCIDR(text);
  } catch {
    return text;
  }
}

/**
 * Why nothing may connect to that address, in a few words; null where it may. Everything that is not on the public
 * internet is refused (IANA's special-purpose registries): private, loopback, link-local with the clouds’ metadata,
 * unique-local, shared (CGNAT), multicast, unspecified, reserved; and an IPv6 address that carries such an IPv4 one.
 * @param address as the socket would connect to it
 */
export function whyRefused(address: string, allowed: AllowedRanges): string | null {
  const parsed = parsedAddress(address);
  if (!parsed) return 'no IP address';
  const carried = carriedV4(parsed);
  for (const one of carried ? [parsed, carried] : [parsed]) if (isWithin(one, allowed)) return null;
  return carried ? refusedV4(carried) : refused(parsed);
}

function parsedAddress(address: string): IPv4 | IPv6 | null {
  try {
    return parse(address);
  } catch {
    return null;
  }
}

function isWithin(address: IPv4 | IPv6, ranges: AllowedRanges): boolean {
  return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match([range, bits] as never));
}

/** The IPv4 address that an IPv6 one leads to: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056). */
function carriedV4(address: IPv4 | IPv6): IPv4 | null {
  if (address.kind() === 'ipv4') return null;
  const v6 = address as IPv6;
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address();
  const bytes = v6.toByteArray();
  switch (v6.range()) {
    case 'rfc6052':
      // The well-known prefix alone: in the local-use one (RFC 8215) the four bytes may stand anywhere.
      return bytes.slice(4, 12).every((byte) => byte === 0) ? v4Of(bytes.slice(12)) : null;
    case '6to4':
      return v4Of(bytes.slice(2, 6));
    default:
      return null;
  }
}

function v4Of(bytes: number[]): IPv4 {
  return parse(bytes.join('.')) as IPv4;
}

function refused(address: IPv4 | IPv6): string | null {
  if (address.kind() === 'ipv4') return refusedV4(address as IPv4);
  const range = address.range();
  // Only 2000::/3 is given out as global unicast: ::127.0.0.1, fec0::1 and whatever comes are not of it.
  const global = ((address as IPv6).toByteArray()[0] ?? 0) >> 5 === 1;
  if (range === 'unicast' && global) return null;
  return inWords(range === 'unicast' ? 'reserved' : range);
}

function refusedV4(address: IPv4): string | null {
  if (METADATA_V4.has(address.toString())) return 'a metadata address';
  const range = address.range();
  return range === 'unicast' ? null : inWords(range);
}

/** `uniqueLocal` -> a unique local address */
function inWords(range: string): string {
  const words = range.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `an address of the range “${words}”`;
}
