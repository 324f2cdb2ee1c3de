import { randomBytes } from 'node:crypto';
import type { Servers } from './servers';

/** One Onward on servers: what tells its topics and its database from those of the trials before it. */
export interface Installation {
  /** Before the names of its topics and groups. */
  prefix: string;
  secret: string;
  /** For each of its processes; undefined takes a variable out. */
  env: Record<string, string | undefined>;
}

/** How to reach other servers is not for these. */
const ELSEWHERE = /^(TEMPORAL|KAFKA|MONGODB|ONWARD_KAFKA)_/;

/** A new one, on those of the servers that are given. */
export function installationOn({ kafka, mongo, temporal }: Partial<Servers>): Installation {
  const name = `bench${randomBytes(6).toString('hex')}`;
  const prefix = `${name}.`;
  const secret = `the-secret-of-${name}`;
  const others = Object.keys(process.env).filter((variable) => ELSEWHERE.test(variable));
  return {
    prefix,
    secret,
    env: {
      ...Object.fromEntries(others.map((variable) => [variable, undefined])),
      ONWARD_SECRET: secret,
      ...(kafka && { KAFKA_BROKERS: kafka.brokers, ONWARD_KAFKA_PREFIX: prefix }),
      ...(mongo && { MONGODB_URL: mongo.urlOf(name) }),
      ...(temporal && { TEMPORAL_ADDRESS: temporal.address }),
    },
  };
}
