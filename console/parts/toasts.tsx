import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import { Note, type Tone } from './note';
import styles from './toasts.module.css';

interface Toast {
  id: number;
  tone: Tone;
  words: string;
}

const STAYS_MS = 6_000;
const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let count = 0;

/** Tells in passing that something was done; what went wrong stays in its place on the page instead. */
export function toast(words: string, tone: Tone = 'good'): void {
  const id = ++count;
  set([...toasts, { id, tone, words }]);
  setTimeout(() => dismiss(id), STAYS_MS);
}

function dismiss(id: number): void {
  set(toasts.filter((one) => one.id !== id));
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function Toasts() {
  const { t } = useTranslation('parts');
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map(({ id, tone, words }) => (
        <Note key={id} tone={tone}>
          <div className={styles.toast}>
            {words}
            <Button quiet onClick={() => dismiss(id)}>
              {t('dismiss')}
            </Button>
          </div>
        </Note>
      ))}
    </div>
  );
}
