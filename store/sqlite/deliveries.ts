import { GroupCommit } from '../../sqlite/group-commit';
import type { SqliteDatabase } from '../../sqlite/open';
import type { DeliveryStore } from '../contract';
import type { Seal } from '../seal';
import { DELIVERY_CODES, openCallbacks } from './callbacks-schema';
import { deliveryReads } from './delivery-reads';
import { sealedAnswer } from './delivery-rows';
import { adding, claiming, type Place, redelivering, settling } from './delivery-writes';

export interface SqliteDeliveries extends DeliveryStore {
  close(): Promise<void>;
}

/** The deliveries alone, for a deliverer that has nothing else of the store. @param file made where it is missing */
export function openSqliteDeliveries(file: string, seal: Seal): SqliteDeliveries {
  const group = new GroupCommit(openCallbacks(file));
  return {
    ...createSqliteDeliveries(group, seal),
    async close() {
      group.close();
    },
  };
}

/** @param group of callbacks.db: what is added and settled in one turn of the event loop shares a transaction */
export function createSqliteDeliveries(group: GroupCommit, seal: Seal): DeliveryStore {
  const { db } = group;
  const profiles = profileNumbers(db);
  const reading = deliveryReads(db, seal);
  const add = adding(db);
  const claim = claiming(db, seal);
  const settle = settling(db);
  const again = redelivering(db);
  const inGroup = async <T>(run: () => T): Promise<T> => {
    let result: T | undefined;
    group.write(() => {
      result = run();
    });
    await group.flushed();
    return result as T;
  };

  return {
    ...reading,
    async add(deliveries, read) {
      const rows = deliveries.map((delivery) => ({ delivery, body: seal.seal(delivery.body) }));
      const numbers = new Map<string, number>();
      for (const { profileId } of deliveries) numbers.set(profileId, profiles.made(profileId));
      await inGroup(() => {
        for (const { delivery, body } of rows) add.one(Number(numbers.get(delivery.profileId)), delivery, body);
        if (read) add.moved(read.partition, read.position);
      });
    },
    async claim(profileId, now, leaseUntil, limit) {
      const profile = profiles.of(profileId);
      // Most looks find nothing: they take no lock.
      if (profile === null || !claim.any(profile, now)) return [];
      return inGroup(() => claim.take(profile, now, leaseUntil, limit));
    },
    async settle(id, attempt, outcome, now) {
      const answer = sealedAnswer(attempt, seal);
      await inGroup(() => settle(id, { ...attempt, answer }, outcome, now));
    },
    async redeliver(id, now) {
      await inGroup(() => again.one(id, now));
      return reading.get(id);
    },
    async redeliverFailed(profileId, since, now) {
      const profile = profiles.of(profileId);
      if (profile === null) return 0;
      let redelivered = 0;
      let after: Place = [since, 0];
      for (;;) {
        const portion = again.failed(profile, after);
        redelivered += await inGroup(
          () => portion.filter(({ id }) => again.one(id, now, DELIVERY_CODES.failed)).length,
        );
        const last = portion[portion.length - 1];
        if (!last) return redelivered;
        after = [last.created_at, last.number];
      }
    },
  };
}

/** Profiles stand as numbers in the rows, so that the indexes are small. */
function profileNumbers(db: SqliteDatabase) {
  const held = new Map<string, number>();
  const select = db.prepare('SELECT number FROM profiles WHERE id = ?');
  const insert = db.prepare('INSERT OR IGNORE INTO profiles (id, pending) VALUES (?, 0)');
  const of = (id: string): number | null => {
    const number = held.get(id) ?? (select.get([id]) as { number: number } | undefined)?.number;
    if (number !== undefined) held.set(id, number);
    return number ?? null;
  };
  return {
    of,
    /** Outside any group: a number that is then not used does no harm. */
    made(id: string): number {
      const number = of(id);
      if (number !== null) return number;
      insert.run([id]);
      return Number(of(id));
    },
  };
}
