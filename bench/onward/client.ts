import { type HttpPool, httpPool, type Post } from '../load/http-pool';
import { type BenchFlow, FLOWS, publishFlows } from './flows';

/** What the load generator asks of an Onward. */
export interface OnwardClient {
  pool: HttpPool;
  invoke: Record<BenchFlow, Post>;
  receipt: Post;
  /** A POST with an empty body under /v1 with the owner's key. Throws for an answer that is not 2xx. */
  post(path: string): Promise<void>;
  /** A GET under /v1 with the test key; parsed. Throws for an answer that is not 200. */
  get<T>(path: string, headers?: Record<string, string>): Promise<T>;
}

export interface Door {
  port: number;
  ownerKey: string;
  testKey: string;
}

/** Publishes the flows, and is ready then. The pool is to be closed. */
export async function openClient({ port, ownerKey, testKey }: Door): Promise<OnwardClient> {
  const pool = httpPool(port);
  const owner = { authorization: `Bearer ${ownerKey}` };
  const test = { authorization: `Bearer ${testKey}` };
  const call = async (path: string, body: object) => {
    const answer = await pool.poster(`/v1${path}`, owner)(JSON.stringify(body));
    if (answer.status >= 300) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.body}`);
  };
  try {
    await publishFlows(call);
  } catch (error) {
    pool.close();
    throw error;
  }
  const names = Object.keys(FLOWS) as BenchFlow[];
  const posts = names.map((flow) => [flow, pool.poster(`/v1/workflows/${flow}/invocations`, test)]);
  return {
    pool,
    invoke: Object.fromEntries(posts) as Record<BenchFlow, Post>,
    receipt: pool.poster('/v1/receipts', owner),
    post: (path) => call(path, {}),
    async get<T>(path: string, headers: Record<string, string> = {}) {
      const answer = await pool.get(`/v1${path}`, { ...test, ...headers });
      if (answer.status !== 200)
        throw new Error(`GET ${path} was answered ${answer.status}: ${answer.body.slice(0, 300)}`);
      return JSON.parse(answer.body) as T;
    },
  };
}
