const INSIDE = '/console/';

/** Where to go after signing in, below /console; the start for whatever does not lead into these pages. */
export function returnTo(asked: string | null): string {
  if (!asked?.startsWith(INSIDE)) return '/';
  const url = new URL(asked, window.location.origin);
  const inside = url.origin === window.location.origin && url.pathname.startsWith(INSIDE);
  return inside ? url.pathname.slice(INSIDE.length - 1).replace(/^[/]+/, '/') + url.search : '/';
}
