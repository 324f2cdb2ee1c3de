import { useSearchParams } from 'wouter';

/** Filters that stand in the address, so that what is seen can be sent to somebody. */
export function useFilters<K extends string>(
  names: readonly K[],
): [Record<K, string>, (name: K, value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const filters = Object.fromEntries(names.map((name) => [name, search.get(name) ?? ''])) as Record<K, string>;
  const set = (name: K, value: string) => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  };
  return [filters, set];
}

/** What a field for date and time holds, in the viewer's zone, as the API has times. */
export function instantOf(local: string): string | undefined {
  const at = new Date(local);
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}

/** And back: what such a field shows. */
export function localOf(instant: string | null): string {
  if (!instant) return '';
  const at = new Date(instant);
  // Whatever somebody wrote into the address.
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
