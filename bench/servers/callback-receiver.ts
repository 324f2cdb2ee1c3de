import { createServer, type Server } from 'node:http';

/** A customer's endpoint that takes everything at once; a GET says how many it took. */
export function callbackReceiver(): Server {
  let taken = 0;
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(String(taken));
      return;
    }
    request.resume().on('end', () => {
      taken++;
      response.writeHead(204).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  return server;
}
