import { mkdirSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import type { MongoInstall } from './mongo-install';
import { inDataFolder, portFor, type RestartableServer, startServer } from './restartable-server';

export interface MongoOptions {
  /** Of the data; one that was used before is gone on with. Left out: a new one. */
  folder?: string;
  /** Left out: a free one. */
  port?: number;
  /** For tests. */
  readyWithinMs?: number;
}

export interface MongoServer extends RestartableServer {
  /** As MONGODB_URL takes it, without a database. */
  url: string;
}

const HOST = '127.0.0.1';
const CACHE_GB = '0.25';

/**
 * Starts one MongoDB server, or FerretDB, on this machine and resolves once it answers. No replica set, no password. It
 * ends with this process, however that ends.
 * @throws Error with what it printed when it ends, or does not answer within 45 s
 */
export function startMongo(install: MongoInstall, options: MongoOptions = {}): Promise<MongoServer> {
  return inDataFolder(options.folder, async (folder) => {
    mkdirSync(folder, { recursive: true });
    const port = await portFor(install.make, options.port);
    const url = `mongodb://${HOST}:${port}/`;
    const recipe = {
      name: install.make,
      command: install.file,
      args: argumentsFor(install, folder, port),
      folder,
      answers: (withinMs: number) => answers(url, withinMs),
      readyWithinMs: options.readyWithinMs,
    };
    return startServer(recipe, { url });
  });
}

function argumentsFor({ make }: MongoInstall, folder: string, port: number): string[] {
  if (make === 'FerretDB') return ['-listen', `${HOST}:${port}`, '-sqlite', sqliteUri(folder)];
  const args = ['--dbpath', folder, '--bind_ip', HOST, '--port', String(port)];
  args.push('--wiredTigerCacheSizeGB', CACHE_GB, '--quiet');
  // The socket's file would be left behind by a kill; Windows has none.
  return process.platform === 'win32' ? args : [...args, '--nounixsocket'];
}

/**
 * Without waiting for the disk a killed process loses nothing, only a power cut may take the last moments: many times
 * as fast as with it.
 */
function sqliteUri(folder: string): string {
  return `file:${folder}/?_pragma=synchronous(off)&_pragma=journal_mode(wal)&_pragma=busy_timeout(10000)`;
}

async function answers(url: string, withinMs: number): Promise<boolean> {
  const limits = { serverSelectionTimeoutMS: withinMs, connectTimeoutMS: withinMs, socketTimeoutMS: withinMs };
  const client = new MongoClient(url, limits);
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}
