import { startThrowaway } from '../../cli/throwaway';
import { untilLeft } from '../leaving';
import { type HttpPool, httpPool, type Post } from '../load/http-pool';
import { throwawayFolder } from '../throwaway-folder';
import { type BenchFlow, FLOWS, publishFlows } from './flows';

export interface OnwardServer {
  pid: number;
  dataFolder: string;
  pool: HttpPool;
  invoke: Record<BenchFlow, Post>;
  receipt: Post;
  /** A POST with an empty body under /v1 with the owner's key. Throws for an answer that is not 2xx. */
  post(path: string): Promise<void>;
  /** A GET under /v1 with the test key; parsed. Throws for an answer that is not 200. */
  get<T>(path: string, headers?: Record<string, string>): Promise<T>;
  stop(): Promise<void>;
}

export interface OnwardOptions {
  /** Where its throwaway data folder is made. */
  dataParent: string;
  nodeArgs?: readonly string[];
  /** Added to its environment; undefined takes a variable out. */
  env?: Record<string, string | undefined>;
}

/** `onward start` as a user has it, every role in one process, on a throwaway data folder, the flows published. */
export async function startOnward({ dataParent, nodeArgs, env }: OnwardOptions): Promise<OnwardServer> {
  const folder = throwawayFolder(dataParent);
  const server = await startThrowaway({ dataFolder: folder.path, nodeArgs, env }).catch(async (error) => {
    await folder.remove();
    throw error;
  });
  const pool = httpPool(Number(new URL(server.url).port));
  const stop = untilLeft(async () => {
    pool.close();
    await server.stop();
    await folder.remove();
  });
  const owner = { authorization: `Bearer ${server.ownerKey}` };
  const test = { authorization: `Bearer ${server.testKey}` };
  const call = async (path: string, body: object) => {
    const answer = await pool.poster(`/v1${path}`, owner)(JSON.stringify(body));
    if (answer.status >= 300) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.body}`);
  };
  try {
    await publishFlows(call);
  } catch (error) {
    await stop();
    throw error;
  }
  const names = Object.keys(FLOWS) as BenchFlow[];
  const posts = names.map((flow) => [flow, pool.poster(`/v1/workflows/${flow}/invocations`, test)]);
  return {
    pid: server.pid,
    dataFolder: folder.path,
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
    stop,
  };
}
