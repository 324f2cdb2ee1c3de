import type { ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './tabs.module.css';

/** Ways to the parts of one thing: real links, so that each part has an address. */
export function Tabs({
  label,
  tabs,
}: {
  label: string;
  tabs: readonly { href: string; words: ReactNode; current: boolean }[];
}) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map(({ href, words, current }) => (
        <Link key={href} href={href} aria-current={current ? 'page' : undefined}>
          {words}
        </Link>
      ))}
    </nav>
  );
}
