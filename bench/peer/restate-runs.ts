import { setTimeout as pause } from 'node:timers/promises';
import type { HttpAnswer } from '../load/http-connection';
import { httpPool } from '../load/http-pool';
import type { RestateServer } from './restate-server';

export interface RestateRuns {
  /** One execution: invoked, sent, its receipt `receiptAfterMs` later, its answer there. */
  once(receiptAfterMs: number): Promise<void>;
  close(): void;
}

/** The load generator's side of the peer: the same bodies and the same connections as for Onward. */
export function restateRuns(server: RestateServer): RestateRuns {
  const pool = httpPool(server.ingressPort);
  const invoke = pool.poster('/Bench/invoke', {});
  const sent = new Map<number, (awakeable: string) => void>();
  server.onSent((run, awakeable) => {
    sent.get(run)?.(awakeable);
    sent.delete(run);
  });
  let runs = 0;
  return {
    async once(receiptAfterMs) {
      const run = ++runs;
      const handedOut = new Promise<string>((resolve) => sent.set(run, resolve));
      const ended = invoke(`{"run":${run},"recipient":{"phone":"+393351234567"},"variables":{"code":"493021"}}`);
      // A failed invocation would leave the loop waiting for a send that never comes.
      const awakeable = await Promise.race([handedOut, ended.then((answer) => (sent.has(run) ? refuse(answer) : ''))]);
      if (receiptAfterMs > 0) await pause(receiptAfterMs);
      const path = `/restate/awakeables/${awakeable}/resolve`;
      const at = new Date().toISOString();
      const receipt = await pool.poster(path, {})(`{"provider":"sandbox","status":"delivered","at":"${at}"}`);
      if (receipt.status !== 202) refuse(receipt);
      const answer = await ended;
      if (answer.status !== 200 || !answer.body.includes('"succeeded"')) refuse(answer);
    },
    close: () => pool.close(),
  };
}

function refuse(answer: HttpAnswer): never {
  throw new Error(`Restate answered ${answer.status}: ${answer.body.slice(0, 300)}`);
}
