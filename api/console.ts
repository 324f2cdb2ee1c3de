import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { notFound } from './problem';
import { type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

/** The pages take nothing from elsewhere, and run no script that stands in them. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The forms in which each file stands beside itself, the smallest first: see scripts/build-console.mjs. */
const CODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** The shell in which every page is drawn. */
export function consoleShell({ consoleFolder }: Pick<Services, 'consoleFolder'>) {
  return (headers: IncomingHttpHeaders) =>
    file(join(consoleFolder, 'index.html'), headers, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
}

/** The pages of the console: one shell for every path, and what it is made of. */
export function consoleRoutes(services: Services): Route[] {
  const { consoleFolder } = services;
  const shell = consoleShell(services);
  const page = {
    method: 'GET',
    tag: 'running',
    access: 'public',
    responses: { 200: null },
    produces: ['text/html'],
  } as const;
  return [
    route({
      method: 'GET',
      path: '/console/assets/{file}',
      summary: 'What the pages are made of',
      tag: 'running',
      access: 'public',
      responses: { 200: null },
      produces: Object.values(TYPES),
      handle: ({ params, headers }) => asset(consoleFolder, params.file ?? '', headers),
    }),
    route({
      method: 'GET',
      path: '/favicon.ico',
      summary: 'None: for browsers that look at an answer of the API',
      tag: 'running',
      access: 'public',
      responses: { 204: null },
      handle: async () => ({ status: 204, headers: { 'cache-control': 'public, max-age=86400' } }),
    }),
    route({ ...page, path: '/console', summary: 'The console', handle: ({ headers }) => shell(headers) }),
    route({
      ...page,
      path: '/console/{page}',
      summary: 'A page of the console',
      wild: true,
      handle: ({ headers }) => shell(headers),
    }),
  ];
}

/** The name carries the hash of what stands in it: it never changes. */
async function asset(folder: string, name: string, headers: IncomingHttpHeaders): Promise<ApiResponse> {
  const type = TYPES[name.split('.').pop() ?? ''];
  if (!type || !/^[\w.-]+$/.test(name) || name.includes('..')) return notFound('This file');
  return file(join(folder, 'assets', name), headers, {
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
}

async function file(path: string, asked: IncomingHttpHeaders, headers: Record<string, string>): Promise<ApiResponse> {
  const accepted = String(asked['accept-encoding'] ?? '');
  for (const [coding, ending] of CODINGS) {
    if (!new RegExp(`\\b${coding}\\b(?!;q=0(?:[.]0*)?\\b)`).test(accepted)) continue;
    const body = await bytes(path + ending);
    if (body)
      return { status: 200, headers: { ...headers, 'content-encoding': coding, vary: 'accept-encoding' }, body };
  }
  const body = await bytes(path);
  if (body) return { status: 200, headers: { ...headers, vary: 'accept-encoding' }, body };
  return notFound('This file', 'Build the console: npm run build, or npm start.');
}

async function bytes(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch {
    return null;
  }
}
