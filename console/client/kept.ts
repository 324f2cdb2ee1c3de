import { useEffect, useState } from 'react';

/**
 * As useState, and it outlives a reload of the page in this window. Not for secrets.
 * @param key null: it is kept nowhere
 */
export function useKept<T>(key: string | null, initial: T): [T, (value: T) => void, () => void] {
  const place = key === null ? null : `onward.draft.${key}`;
  const [value, setValue] = useState<T>(() => keptAt(place) ?? initial);
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (place && touched) sessionStorage.setItem(place, JSON.stringify(value));
  }, [place, touched, value]);
  const set = (next: T) => {
    setTouched(true);
    setValue(next);
  };
  const forget = () => {
    setTouched(false);
    setValue(initial);
    if (place) sessionStorage.removeItem(place);
  };
  return [value, set, forget];
}

function keptAt<T>(place: string | null): T | null {
  try {
    return place ? (JSON.parse(sessionStorage.getItem(place) ?? 'null') as T | null) : null;
  } catch {
    return null;
  }
}
