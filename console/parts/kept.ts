import { type Dispatch, type SetStateAction, useEffect, useState } from 'react';

/**
 * As useState, and what is in it outlives a reload of this window: for what somebody types before it is saved. Not for
 * secrets. `forget` is called once it is saved, with what is to stand there from then on, if that is another.
 */
export function useKept<T>(key: string, initial: T): [T, Dispatch<SetStateAction<T>>, forget: (next?: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = sessionStorage.getItem(key);
    return kept === null ? initial : (JSON.parse(kept) as T);
  });
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (!changed) return;
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // More than the browser keeps: it stands on the page all the same.
    }
  }, [changed, key, value]);
  const set: Dispatch<SetStateAction<T>> = (next) => {
    setChanged(true);
    setValue(next);
  };
  const forget = (next: T = value) => {
    setChanged(false);
    setValue(next);
    sessionStorage.removeItem(key);
  };
  return [value, set, forget];
}
