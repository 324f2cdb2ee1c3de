import type { ReactNode } from 'react';
import styles from './disclosure.module.css';

/** What is there for whoever wants it; the browser's own, so that it works by keyboard and is found by its search. */
export function Disclosure({ title, open, children }: { title: ReactNode; open?: boolean; children: ReactNode }) {
  return (
    <details className={styles.disclosure} open={open}>
      <summary>{title}</summary>
      <div className={styles.inside}>{children}</div>
    </details>
  );
}
