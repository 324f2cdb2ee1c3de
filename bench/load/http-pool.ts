import { type HttpAnswer, HttpConnection } from './http-connection';

/** Posts a JSON body; `more` is further header lines, each ended by CR LF. ASCII only. */
export type Post = (body: string, more?: string) => Promise<HttpAnswer>;

export interface HttpPool {
  poster(path: string, headers: Record<string, string>): Post;
  get(path: string, headers: Record<string, string>): Promise<HttpAnswer>;
  close(): void;
}

/** As many kept-open connections to one local server as there are requests under way; the last used goes first. */
export function httpPool(port: number): HttpPool {
  const free: HttpConnection[] = [];
  const all = new Set<HttpConnection>();

  async function send(request: string): Promise<HttpAnswer> {
    const connection = take();
    const answer = await connection.send(request);
    free.push(connection);
    return answer;
  }

  function take(): HttpConnection {
    for (let held = free.pop(); held; held = free.pop()) {
      if (held.usable) return held;
      all.delete(held);
    }
    const connection = new HttpConnection(port);
    all.add(connection);
    return connection;
  }

  return {
    poster(path, headers) {
      const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n${lines(headers)}`;
      return (body, more = '') => send(`${head}${more}content-length: ${body.length}\r\n\r\n${body}`);
    },
    get: (path, headers) => send(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${lines(headers)}\r\n`),
    close() {
      for (const connection of all) connection.close();
    },
  };
}

function lines(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
