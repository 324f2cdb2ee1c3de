import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** `npx vite console` serves the pages as they are edited, and asks the server on PORT for the rest. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      // What every page has comes in two files: each one more costs a first load some 10 ms.
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'libraries',
              test: /node_modules[\\/](react|react-dom|scheduler|react-i18next|i18next|@tanstack[\\/](query-core|react-query)|wouter|openapi-fetch)[\\/]/,
            },
            { name: 'parts', test: /console[\\/](parts|client|shell)[\\/]/, minShareCount: 3 },
          ],
        },
      },
      // React's directives in packages mean nothing here.
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/openapi.json'].map((path) => [path, `http://127.0.0.1:${process.env.PORT ?? 8080}`]),
    ),
  },
});
