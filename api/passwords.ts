/**
 * OWASP's Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane; the library's own salt of 16 bytes. A
 * hash takes some 30 ms of one core.
 */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Made with the same parameters, of nothing that anybody knows: whoever is not known takes as long as whoever is. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$nOOWi5B6OnkccI82mQr86A$qrF1bi8/JQmZTqBfcLBAyl6uTLn5AIxkVVcuxDZOucE';

/** Side by side at most: the other threads are for whoever has a key. */
const AT_ONCE = 2;
/** Who would wait longer than some seconds is asked to come again. */
const WAITING_MAX = 100;

export interface Passwords {
  /** Null: too many want one now. */
  hash(password: string): Promise<string | null>;
  /** @param hashed null: there is none, which takes as long. @returns null: too many want one now */
  isRight(hashed: string | null, password: string): Promise<boolean | null>;
}

export function createPasswords(): Passwords {
  const inTurn = turns();
  return {
    hash: (password) =>
      inTurn(async () => {
        const { hash } = await import('@node-rs/argon2');
        return hash(normal(password), PARAMETERS);
      }),
    isRight: (hashed, password) =>
      inTurn(async () => {
        const { verify } = await import('@node-rs/argon2');
        const right = await verify(hashed ?? NOBODYS, normal(password));
        return right && hashed !== null;
      }),
  };
}

/** The same signs, however a keyboard composes them (NIST SP 800-63B, 3.1.1.2). */
function normal(password: string): string {
  return password.normalize('NFKC');
}

/** Lets a few in at once and the others wait in their order. */
function turns(): <T>(work: () => Promise<T>) => Promise<T | null> {
  const waiting: (() => void)[] = [];
  let working = 0;
  return async (work) => {
    if (working >= AT_ONCE) {
      if (waiting.length >= WAITING_MAX) return null;
      // Whoever is done hands over its place.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else working++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else working--;
    }
  };
}
