import { readFile } from 'node:fs/promises';
import { openApi } from './openapi';
import { notFound } from './problem';
import { type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

/** The page takes nothing from elsewhere, and runs no script that stands in it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Onward API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript><p>This page needs a script. The document itself is at <a href="/openapi.json">/openapi.json</a>.</p></noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

/** The only files of the package that the page asks for. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

export function docsRoutes(services: Services, table: () => readonly Route[]): Route[] {
  let document: string | null = null;
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This document',
      tag: 'running',
      access: 'public',
      responses: { 200: { type: 'object' } },
      async handle() {
        document ??= JSON.stringify(openApi(table(), services));
        return { status: 200, body: document };
      },
    }),
    route({
      method: 'GET',
      path: '/docs',
      summary: 'This document as a page',
      tag: 'running',
      access: 'public',
      responses: { 200: null },
      produces: ['text/html'],
      handle: async () => ({
        status: 200,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': POLICY,
          'referrer-policy': 'no-referrer',
        },
        body: PAGE,
      }),
    }),
    route({
      method: 'GET',
      path: '/docs/{file}',
      summary: 'What the page is made of',
      tag: 'running',
      access: 'public',
      responses: { 200: null },
      produces: ['text/css', 'text/javascript', 'image/png'],
      handle: ({ params }) => asset(params.file ?? ''),
    }),
  ];
}

async function asset(file: string): Promise<ApiResponse> {
  const cached = { 'cache-control': 'public, max-age=3600' };
  if (file === 'start.js') {
    return { status: 200, headers: { ...cached, 'content-type': 'text/javascript; charset=utf-8' }, body: START };
  }
  const type = Object.hasOwn(FILES, file) ? FILES[file] : undefined;
  if (type === undefined) return notFound('This file', 'The page is at /docs.');
  // Found through the package, so that it works from the bundle as well.
  const body = await readFile(require.resolve(`swagger-ui-dist/${file}`));
  return { status: 200, headers: { ...cached, 'content-type': type }, body };
}
