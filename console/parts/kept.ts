import { type Dispatch, type SetStateAction, useEffect, useState } from 'react';

/**
 * As useState, and what is in it outlives a reload of this window: for what somebody types before it is saved.
 * `forget` is called once it is.
 */
export function useKept<T>(key: string, initial: T): [T, Dispatch<SetStateAction<T>>, forget: () => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = sessionStorage.getItem(key);
    return kept === null ? initial : (JSON.parse(kept) as T);
  });
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (changed) sessionStorage.setItem(key, JSON.stringify(value));
  }, [changed, key, value]);
  const set: Dispatch<SetStateAction<T>> = (next) => {
    setChanged(true);
    setValue(next);
  };
  const forget = () => {
    setChanged(false);
    sessionStorage.removeItem(key);
  };
  return [value, set, forget];
}
