import { HOUSE_SECRET, openHouse, type TestHouse } from './house';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

export interface TemporalHouse extends TestHouse {
  /** A further worker on this house. */
  addWorker(env?: Record<string, string>): Promise<WorkerProcess>;
}

export interface TemporalHouseOptions {
  /** Of the Temporal server. */
  address: string;
  sendTimeoutSeconds?: number;
}

/** The API's side of the house in this process, its runs Temporal's; workers are processes of their own. */
export async function openTemporalHouse(options: TemporalHouseOptions): Promise<TemporalHouse> {
  const { address, sendTimeoutSeconds = 10 } = options;
  const house = await openHouse({ sendTimeoutSeconds, temporalAddress: address });
  const workers: WorkerProcess[] = [];
  return {
    ...house,
    async addWorker(env = {}) {
      const worker = await startWorkerProcess({
        temporalAddress: address,
        dataFolder: house.folder,
        env: { ONWARD_SECRET: HOUSE_SECRET, ONWARD_SEND_TIMEOUT_SECONDS: String(sendTimeoutSeconds), ...env },
      });
      workers.push(worker);
      return worker;
    },
    async remove() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await house.remove();
    },
  };
}
