import { randomBytes } from 'node:crypto';

const PROCESS = randomBytes(5).toString('hex');
const GIVEN = /^[A-Za-z0-9._-]{1,64}$/;
let count = 0;

/** The client's own `x-request-id` where it is a plain word, else one that no other process makes. */
export function requestId(given: string | string[] | undefined): string {
  if (typeof given === 'string' && GIVEN.test(given)) return given;
  count++;
  return `req_${PROCESS}${count.toString(36)}`;
}
