import { startThrowaway } from '../../cli/throwaway';
import { untilLeft } from '../leaving';
import { throwawayFolder } from '../throwaway-folder';
import { type OnwardClient, openClient } from './client';

export interface OnwardServer extends OnwardClient {
  url: string;
  ownerKey: string;
  pid: number;
  dataFolder: string;
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
  let client: OnwardClient | null = null;
  const stop = untilLeft(async () => {
    client?.pool.close();
    await server.stop();
    await folder.remove();
  });
  try {
    client = await openClient({ ...server, port: Number(new URL(server.url).port) });
  } catch (error) {
    await stop();
    throw error;
  }
  const { url, ownerKey, pid } = server;
  return { ...client, url, ownerKey, pid, dataFolder: folder.path, stop };
}
