/** Settings that say where an account's requests go. */
const DESTINATION = /^(host|url|\w+Url)$/;

/**
 * The servers that settings send to besides the provider's own: an account's credentials go there. Of a URL the origin;
 * what is filled in later cannot change it.
 */
export function destinationsOf(settings: unknown): Set<string> {
  const found = new Set<string>();
  collect(settings, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const { port } = value as { port?: unknown };
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner !== 'string') collect(inner, found);
    else if (DESTINATION.test(name)) found.add(URL.canParse(inner) ? new URL(inner).origin : `${inner}:${port ?? ''}`);
  }
}
