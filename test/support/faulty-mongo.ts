import { type Collection, type Db, MongoNetworkError } from 'mongodb';

/** What becomes of the write at which the connection breaks. */
export type Breakage = 'not done' | 'done in part' | 'done unheard';
export const BREAKAGES: readonly Breakage[] = ['not done', 'done in part', 'done unheard'];

const WRITES = ['insertOne', 'insertMany', 'updateOne', 'bulkWrite', 'deleteOne', 'deleteMany'] as const;
type Write = (...given: unknown[]) => Promise<unknown>;

/** The same database over a connection that breaks at the write of that number, counted from 0, and for good. */
export function breakingAt(db: Db, cut: number, breakage: Breakage): { db: Db; broke(): boolean } {
  let count = 0;
  let broke = false;
  const writing = (write: Write): Write => {
    return async (...given) => {
      if (broke) throw new MongoNetworkError('the connection broke');
      if (count++ !== cut) return write(...given);
      broke = true;
      const [first, ...rest] = given;
      if (breakage === 'done unheard') await write(...given);
      if (breakage === 'done in part' && Array.isArray(first) && first.length > 1) {
        // Servers need not insert in order.
        await write(first.slice(Math.ceil(first.length / 2)), ...rest);
      }
      throw new MongoNetworkError('the connection broke');
    };
  };
  const collection = (name: string) => {
    const real = db.collection(name) as unknown as Record<string, unknown>;
    return new Proxy(real, {
      get(target, property) {
        const value = target[property as string];
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as Write;
        return (WRITES as readonly string[]).includes(property as string) ? writing(method) : method;
      },
    }) as unknown as Collection;
  };
  const broken = new Proxy(db, {
    get(target, property) {
      if (property === 'collection') return collection;
      const value = target[property as keyof Db] as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { db: broken, broke: () => broke };
}
