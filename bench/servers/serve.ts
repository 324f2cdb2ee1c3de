import type { Server } from 'node:http';
import { callbackReceiver } from './callback-receiver';
import { expressFloor } from './express';
import { invokeRouteAlone } from './invoke-route';

const SERVERS: Record<string, () => Server> = {
  express: expressFloor,
  'invoke-route': invokeRouteAlone,
  'callback-receiver': callbackReceiver,
};

/** In the child process: serves on a free port, says which, and ends with its parent. */
export function serve(which: string): void {
  const server = SERVERS[which]?.();
  if (!server) throw new TypeError(`there is no server “${which}”`);
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
  process.on('disconnect', () => process.exit(0));
}
