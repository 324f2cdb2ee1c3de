import { openApi } from './openapi';
import { apiRoutes } from './routes';

/**
 * The OpenAPI document of the whole table without a house behind it, for what is made from it before anything runs: the
 * console's typed client. No handler is called, so that what they would work with need not be there.
 */
export function openApiDocument(version: string): object {
  const hollow: object = new Proxy(() => hollow, { get: () => hollow });
  const rooms = ['engine', 'store', 'metrics', 'auth', 'accounts', 'providers', 'prices', 'callbacks', 'intake'];
  const deps = { publicUrl: '', ...Object.fromEntries(rooms.map((room) => [room, hollow])) } as unknown as Parameters<
    typeof apiRoutes
  >[0];
  const table = apiRoutes(deps);
  return openApi(table, { version, publicUrl: '' });
}
