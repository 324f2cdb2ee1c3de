/** A Bloom filter over keys that are hashes already: it says "surely not there" without a look into the file. */
export interface KeyFilter {
  /** @param hash at least 16 random bytes */
  add(hash: Buffer): void;
  /** False: it was never added. True: it may have been. */
  mayHave(hash: Buffer): boolean;
}

/** Eight bits a key for a million keys; past that it says "maybe" ever more often, and the file is asked as before. */
const BITS = 2 ** 23;
const PROBES = 4;

export function createKeyFilter(): KeyFilter {
  const bytes = new Uint8Array(BITS / 8);
  return {
    add(hash) {
      for (let n = 0; n < PROBES; n++) {
        const bit = probe(hash, n);
        bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) | (1 << (bit & 7));
      }
    },
    mayHave(hash) {
      for (let n = 0; n < PROBES; n++) {
        const bit = probe(hash, n);
        if (((bytes[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
      }
      return true;
    },
  };
}

/** The hash is random: four bytes of it are as good as a hash of their own. */
function probe(hash: Buffer, n: number): number {
  return hash.readUInt32LE(n * 4) % BITS;
}
