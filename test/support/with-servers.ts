import { describeWithKafka } from './kafka-server';
import { describeWithMongo, type SharedMongo } from './mongo-server';
import { describeWithTemporal } from './temporal-server';

interface Servers {
  kafka: { readonly brokers: string };
  mongo: SharedMongo;
  temporal: { readonly address: string };
}

/** Tests that need several servers at once, at least one; each comes from where its own `describeWith…` has it from. */
export function describeWithServers<Needed extends keyof Servers>(
  needs: Record<Needed, true>,
  title: string,
  tests: (servers: Pick<Servers, Needed>) => void,
): void {
  const servers: Partial<Servers> = {};
  let body = () => tests(servers as Pick<Servers, Needed>);
  const around = (name: keyof Servers, wrap: (inner: () => void) => void) => {
    if (!(name in needs)) return;
    const inner = body;
    body = () => wrap(inner);
  };
  around('temporal', (inner) =>
    describeWithTemporal(`${title} (with Temporal)`, (temporal) => {
      servers.temporal = temporal;
      inner();
    }),
  );
  around('mongo', (inner) =>
    describeWithMongo(`${title} (with MongoDB)`, (mongo) => {
      servers.mongo = mongo;
      inner();
    }),
  );
  around('kafka', (inner) =>
    describeWithKafka(`${title} (with Kafka)`, (kafka) => {
      servers.kafka = kafka;
      inner();
    }),
  );
  body();
}
