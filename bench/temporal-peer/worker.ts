import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { PACKAGE_ROOT } from '../package-root';
import { PEER_QUEUE, type PeerActivities } from './contract';

/** In a process of its own: the peer's worker, all settings as they come, and the client that brings the receipts. */
export async function servePeer(address: string): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: PEER_QUEUE,
    workflowsPath: join(PACKAGE_ROOT, 'bench', 'temporal-peer', 'workflow.ts'),
    activities: activitiesWith(client),
  });
  process.once('SIGTERM', () => worker.shutdown());
  const running = worker.run();
  process.send?.('ready');
  await running;
  process.exit(0);
}

function activitiesWith(client: Client): PeerActivities {
  return {
    async send({ receiptAfterMs }) {
      const { workflowId } = Context.current().info.workflowExecution ?? { workflowId: '' };
      if (receiptAfterMs !== null) {
        const bring = () => client.workflow.getHandle(workflowId).signal('receipt', { status: 'delivered' });
        setTimeout(() => void bring(), receiptAfterMs);
      }
      return { id: randomUUID() };
    },
  };
}
