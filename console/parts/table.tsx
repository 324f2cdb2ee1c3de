import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';
import styles from './table.module.css';

export interface Column<T> {
  name: string;
  /** Numbers stand at the end of their column. */
  numeric?: boolean;
  cell(row: T): ReactNode;
}

/** Rows with a head; where the window is narrow, each row becomes a card of its own with the names beside. */
export function Table<T>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
}: {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey(row: T): string;
  /** Shown where there are no rows. */
  empty?: ReactNode;
}) {
  if (rows.length === 0 && empty) return <div className={styles.empty}>{empty}</div>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className={styles.around} tabIndex={0} aria-label={caption}>
      <table className={styles.table}>
        <caption className="for-readers-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, numeric }) => (
              <th key={name} scope="col" data-numeric={numeric}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ name, numeric, cell }) => (
                <td key={name} data-name={name} data-numeric={numeric}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The way to the next portion of a list. */
export function More({ shown, busy, onMore }: { shown: boolean; busy: boolean; onMore(): void }) {
  const { t } = useTranslation('parts');
  if (!shown) return null;
  return (
    <div>
      <Button busy={busy} onClick={onMore}>
        {t('more')}
      </Button>
    </div>
  );
}
