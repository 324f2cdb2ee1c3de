import type { IncomingHttpHeaders } from 'node:http';
import { problem } from './problem';
import type { ApiResponse } from './route';

/** No form and no link can send it; a script of another origin would have to ask first, and is told no. */
const CONSOLE_HEADER = 'x-onward-console';

/** The 403 for what another site's page made a browser send; null where nothing speaks for that. */
export function refuseCrossSite(headers: IncomingHttpHeaders, publicUrl: string): ApiResponse | null {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return crossSite();
  return origin === undefined || isOurs(origin, host, publicUrl) ? null : crossSite();
}

/**
 * The same for a request that has no other proof than its cookie: it has to come from our own page. Nothing is changed by
 * GET and HEAD.
 */
export function refuseForged(
  method: string | undefined,
  headers: IncomingHttpHeaders,
  publicUrl: string,
): ApiResponse | null {
  if (method === 'GET' || method === 'HEAD') return null;
  if (headers[CONSOLE_HEADER] === '1') return refuseCrossSite(headers, publicUrl);
  const hint = `Send “${CONSOLE_HEADER}: 1”, as the console does; programs send a key instead of a cookie.`;
  return problem(403, 'This request did not come from the console.', { hint });
}

/** By the name that people know us under, or the one that this request came to. */
function isOurs(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.origin === new URL(publicUrl).origin || (host !== undefined && from.host === host.toLowerCase());
}

function crossSite(): ApiResponse {
  const hint = 'Open the console under its own address; behind a proxy set ONWARD_PUBLIC_URL to what people open.';
  return problem(403, 'This request came from a page of another site.', { hint });
}
