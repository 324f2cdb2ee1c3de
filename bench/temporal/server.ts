import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporalServer } from '../../temporal/dev-server';
import { untilLeft } from '../leaving';
import { throwawayFolder } from '../throwaway-folder';

export interface BenchTemporal {
  /** Host and port. */
  address: string;
  pid: number;
  client: Client;
  stop(): Promise<void>;
}

/** A Temporal server of one row's own, on a file with a write-ahead log in a throwaway folder. */
export async function startBenchTemporal(cli: string, dataParent: string): Promise<BenchTemporal> {
  const folder = throwawayFolder(dataParent);
  const server = await startTemporalServer({ cli, dbFile: join(folder.path, 'temporal.db') }).catch(async (error) => {
    await folder.remove();
    throw error;
  });
  const connection = await Connection.connect({ address: server.address });
  const stop = untilLeft(async () => {
    await connection.close();
    await server.stop();
    await folder.remove();
  });
  return { address: server.address, pid: server.pid, client: new Client({ connection }), stop };
}
