import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './virtual-list.module.css';

/** Of 100,000 rows only those in sight are drawn. `onEnd` is called when the last one comes near. */
export function VirtualList<T>({
  label,
  rows,
  rowKey,
  rowHeight,
  row,
  onEnd,
}: {
  label: string;
  rows: readonly T[];
  rowKey(row: T): string;
  /** Expected, in pixels; rows may be higher. */
  rowHeight: number;
  row(row: T): ReactNode;
  onEnd?: () => void;
}) {
  const around = useRef<HTMLElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => around.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (at) => rowKey(rows[at] as T),
  });
  const shown = list.getVirtualItems();
  const last = shown[shown.length - 1]?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) onEnd?.();
  }, [last, rows.length, onEnd]);
  return (
    <section
      ref={around}
      className={styles.around}
      style={{ blockSize: list.getTotalSize() }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
      tabIndex={0}
      aria-label={label}
    >
      <ul className={styles.list} style={{ height: list.getTotalSize() }}>
        {shown.map(({ key, index, start }) => (
          <li
            key={key}
            ref={list.measureElement}
            data-index={index}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            className={styles.row}
            style={{ transform: `translateY(${start}px)` }}
          >
            {row(rows[index] as T)}
          </li>
        ))}
      </ul>
    </section>
  );
}
