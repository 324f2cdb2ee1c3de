/** Says once that something goes wrong, and nothing more until it went well in between. */
export interface Teller {
  ill(what: string, message: string, error: unknown): void;
  well(what: string): void;
}

export function createTeller(onFault: (message: string, error: unknown) => void): Teller {
  const told = new Set<string>();
  return {
    ill(what, message, error) {
      if (told.has(what)) return;
      told.add(what);
      onFault(message, error);
    },
    well: (what) => void told.delete(what),
  };
}
