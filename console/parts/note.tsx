import type { ReactNode } from 'react';
import styles from './note.module.css';

export type Tone = 'plain' | 'good' | 'bad' | 'wait' | 'late' | 'accent';

/** Something to be told, in its place on the page. What went wrong is read out at once. */
export function Note({ tone = 'plain', title, children }: { tone?: Tone; title?: string; children?: ReactNode }) {
  return (
    <div className={styles.note} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      {title && <p className={styles.title}>{title}</p>}
      {children}
    </div>
  );
}

/** A word with a colour; the word alone says it too. */
export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
