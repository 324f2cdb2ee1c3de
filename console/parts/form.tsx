import type { FormEvent, ReactNode } from 'react';
import styles from './form.module.css';

/** Fields that are sent together; the browser's own words say what is missing. */
export function Form({
  children,
  wide,
  label,
  onSubmit,
}: {
  children: ReactNode;
  wide?: boolean;
  label?: string;
  onSubmit(): void;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className={styles.form} data-wide={wide} aria-label={label} onSubmit={submit}>
      {children}
    </form>
  );
}

/** Short fields side by side where there is room. */
export function Pair({ children }: { children: ReactNode }) {
  return <div className={styles.pair}>{children}</div>;
}

export function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** Fields that belong together, under a name that is read out with each. */
export function Group({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}
