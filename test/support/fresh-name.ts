import { randomBytes } from 'node:crypto';

/** For what tests keep apart on a server they share: good as a database, and as the first part of a topic's name. */
export function freshName(): string {
  return `t${randomBytes(6).toString('hex')}`;
}
