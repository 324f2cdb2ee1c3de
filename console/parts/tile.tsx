import type { ReactNode } from 'react';
import type { Tone } from './note';
import styles from './tile.module.css';

/** Headline figures in a row; as many beside each other as there is room for. */
export function Tiles({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section aria-label={label}>
      <dl className={styles.tiles}>{children}</dl>
    </section>
  );
}

/** One figure: what it is, how much, and what it means. */
export function Tile({
  name,
  value,
  about,
  tone = 'plain',
  large,
  children,
}: {
  name: string;
  value: ReactNode;
  about?: ReactNode;
  tone?: Tone;
  /** The one that the others stand beside. */
  large?: boolean;
  /** Such as a small picture below. */
  children?: ReactNode;
}) {
  return (
    <div className={styles.tile} data-tone={tone} data-large={large}>
      <dt>{name}</dt>
      <dd className={styles.value}>{value}</dd>
      {about && <dd className={styles.about}>{about}</dd>}
      {children && <dd className={styles.more}>{children}</dd>}
    </div>
  );
}
