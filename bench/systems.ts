import type { LoopOptions } from './load/closed-loop';
import { type LoadResult, loadOnward } from './onward/load';
import { startOnward } from './onward/start';
import { loadRestate, type PeerResult } from './peer/load';
import { installRestate } from './peer/restate-install';
import { startRestate } from './peer/restate-server';
import { rssBytes } from './rss';

export type TrialOptions = LoopOptions & { receiptAfterMs: number; awaitEnd: boolean };

export interface Systems {
  onward(options: TrialOptions): Promise<LoadResult & { rssBytes: number }>;
  /** Empty when there is none, and then `skipped` says why. */
  peers: Peer[];
  skipped: string | null;
}

export interface Peer {
  name: string;
  trial(options: TrialOptions): Promise<PeerResult>;
}

/** Each trial starts its system on an empty folder and ends it again: one at a time has the machine. */
export function systemsOn(dataParent: string): Systems {
  const install = installRestate();
  const peer = (name: string, binary: string, partitions: number | null): Peer => ({
    name,
    async trial(options) {
      const server = await startRestate({ binary, dataParent, partitions });
      return loadRestate(server, options).finally(() => server.stop());
    },
  });
  return {
    async onward(options) {
      const server = await startOnward({ dataParent });
      try {
        return { ...(await loadOnward(server, options)), rssBytes: rssBytes(server.pid) };
      } finally {
        await server.stop();
      }
    },
    peers: install.ok
      ? [
          peer(`Restate ${install.version}, as it comes`, install.binary, null),
          peer(`Restate ${install.version}, 1 partition`, install.binary, 1),
        ]
      : [],
    skipped: install.ok ? null : install.why,
  };
}
