import type { InvocationQuery } from '../../store/contract';
import { phoneOf, WORLD } from './made-runs';

export interface Asked {
  what: string;
  /** The nth of the kind, over that many runs: each time for somebody or something else. */
  query(n: number, runs: number): Partial<InvocationQuery>;
  /** A page far down. */
  deep?: true;
}

const somebody = (n: number) => phoneOf((n * 7_919) % WORLD.people);
const some = (n: number, runs: number) => (n * 15_485_863) % runs;
const workflow = (n: number) => `wf_bench_${n % WORLD.workflows}`;
const DAY_MS = 86_400_000;
const FIRST_AT = Date.parse('2026-08-25T00:00:00Z');
const day = (n: number) => FIRST_AT + (n % WORLD.days) * DAY_MS;

/** Every filter by itself, combinations, what is rare among many, and what finds nothing. */
export const QUERIES: readonly Asked[] = [
  { what: 'no filter', query: () => ({}) },
  { what: 'no filter, the sixth page of 200', query: () => ({}), deep: true },
  { what: 'flow', query: (n) => ({ workflowId: workflow(n) }) },
  { what: 'flow and version', query: (n) => ({ workflowId: workflow(n), flowVersion: 1 + (n % WORLD.versions) }) },
  { what: 'a version that there is not', query: () => ({ flowVersion: 99 }) },
  { what: 'status: succeeded', query: () => ({ status: 'succeeded' }) },
  { what: 'status: running (1 %)', query: () => ({ status: 'running' }) },
  { what: 'status: expired (none)', query: () => ({ status: 'expired' }) },
  { what: 'recipient: phone', query: (n) => ({ recipient: somebody(n) }) },
  { what: 'recipient: ID', query: (n) => ({ recipient: `user-${(n * 7_919) % WORLD.people}` }) },
  { what: 'recipient: nobody', query: (n) => ({ recipient: `nobody-${n}` }) },
  { what: 'externalId', query: (n, runs) => ({ externalId: `order-${some(n, runs)}` }) },
  { what: 'externalId that 5 % share', query: () => ({ externalId: WORLD.campaign }) },
  { what: 'provider message ID', query: (n, runs) => ({ providerMessageId: `sbx_${some(n, runs)}_0` }) },
  { what: 'one day', query: (n) => ({ createdFrom: day(n), createdTo: day(n) + DAY_MS }) },
  { what: 'one day long ago: none', query: () => ({ createdTo: FIRST_AT - DAY_MS }) },
  { what: 'one key’s own', query: (n) => ({ keyId: `key_${n % WORLD.keys}` }) },
  { what: 'late', query: () => ({ late: true }) },
  { what: 'duplicate', query: () => ({ duplicate: true }) },
  { what: 'late or duplicate, the sixth page', query: () => ({ lateOrDuplicate: true }), deep: true },
  { what: 'channel reached', query: () => ({ reachedChannel: 'sms' }) },
  { what: 'step reached', query: () => ({ reachedStep: 'sms' }) },
  { what: 'channel reached: none', query: () => ({ reachedChannel: 'email' }) },
  { what: 'reason: opted_out (0.01 %)', query: () => ({ reason: 'opted_out' }) },
  {
    what: 'flow, version, status, late, one day',
    query: (n) => ({
      ...{ workflowId: workflow(n), flowVersion: 1, status: 'succeeded', late: true },
      ...{ createdFrom: day(n), createdTo: day(n) + DAY_MS },
    }),
  },
  {
    what: 'rare reason of one flow, one day',
    query: (n) => ({ reason: 'opted_out', workflowId: workflow(n), createdFrom: day(n), createdTo: day(n) + DAY_MS }),
  },
  { what: 'cancelled and reached: none', query: () => ({ status: 'cancelled', reachedChannel: 'sms' }) },
  { what: 'recipient and status', query: (n) => ({ recipient: somebody(n), status: 'failed' }) },
  {
    what: 'recipient and flow and late',
    query: (n) => ({ recipient: somebody(n), workflowId: workflow(n), late: true }),
  },
  { what: 'one recipient of 125,000 runs', query: () => ({ mode: 'test', recipient: WORLD.testPhone }) },
  {
    what: 'the same and cancelled (1 %)',
    query: () => ({ mode: 'test', recipient: WORLD.testPhone, status: 'cancelled' }),
  },
  {
    what: 'the same and expired: none',
    query: () => ({ mode: 'test', recipient: WORLD.testPhone, status: 'expired' }),
  },
  { what: 'shared externalId and rare reason', query: () => ({ externalId: WORLD.campaign, reason: 'opted_out' }) },
  { what: 'shared externalId and recipient', query: (n) => ({ externalId: WORLD.campaign, recipient: somebody(n) }) },
  {
    what: 'shared externalId and the recipient of many',
    query: () => ({ mode: 'test', externalId: WORLD.campaign, recipient: WORLD.testPhone }),
  },
];
