import { randomBytes } from 'node:crypto';
import type { Pids } from '../cpu';
import { untilLeft } from '../leaving';
import { type OnwardClient, openClient } from '../onward/client';
import { installationOn } from './installation';
import { type Role, type RoleProcess, startRole } from './role-process';
import type { Servers } from './servers';

export interface OnwardCluster extends OnwardClient {
  /** By role. */
  pids: Pids;
  stop(): Promise<void>;
}

const ROLES: readonly Role[] = ['api', 'receipts', 'projector', 'worker'];

/** Onward on servers, each role a process of its own with an empty data folder: they share nothing but the servers. */
export async function startCluster(servers: Servers, dataParent: string): Promise<OnwardCluster> {
  const installation = installationOn(servers);
  const key = () => randomBytes(24).toString('base64url');
  const keys = { ownerKey: `live_${key()}`, testKey: `test_${key()}` };
  Object.assign(installation.env, { ONWARD_OWNER_KEY: keys.ownerKey, ONWARD_TEST_KEY: keys.testKey });
  const started = new Map<Role, RoleProcess>();
  let client: OnwardClient | null = null;
  const stop = untilLeft(async () => {
    client?.pool.close();
    await Promise.all([...started.values()].map((role) => role.stop()));
  });
  try {
    for (const role of ROLES) started.set(role, await startRole(role, installation, dataParent));
    client = await openClient({ ...keys, port: started.get('api')?.port ?? 0 });
  } catch (error) {
    await stop();
    throw error;
  }
  const pids = Object.fromEntries([...started].map(([role, { pid }]) => [role, pid]));
  return { ...client, pids, stop };
}
