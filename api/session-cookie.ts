import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** 256 bits, as 43 characters. */
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** How long a session lives without a request, and at most. */
export const SESSION_MS = { idle: 12 * 3_600_000, whole: 30 * 86_400_000 } as const;

/** A cookie of ours: its name and attributes by how the console is reached. */
export interface Cookie {
  name: string;
  read(headers: IncomingHttpHeaders): string | null;
  /** The value of a Set-Cookie header. */
  set(value: string, forMs: number): string;
  clear(): string;
}

/**
 * HttpOnly, for this host alone, and sent from elsewhere only where somebody follows a link. By https it is named with
 * `__Host-`: no other host of the domain can set it (RFC 6265bis, 4.1.3.2).
 */
export function cookieNamed(word: string, publicUrl: string): Cookie {
  const secure = publicUrl.startsWith('https:');
  const name = `${secure ? '__Host-' : ''}${word}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    name,
    read: ({ cookie }) => (cookie === undefined ? null : cookieIn(cookie, name)),
    set: (value, forMs) => `${name}=${value}; Max-Age=${Math.floor(forMs / 1000)}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
  };
}

export function sessionCookie(publicUrl: string): Cookie {
  return cookieNamed('onward_session', publicUrl);
}

/** The first of that name. */
function cookieIn(cookies: string, name: string): string | null {
  for (const pair of cookies.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Whether it may be one of ours at all: no other text is even hashed. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
