import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './button.module.css';

interface Looks {
  /** The one thing that most come for. */
  primary?: boolean;
  /** What cannot be taken back. */
  danger?: boolean;
  /** Among many others. */
  quiet?: boolean;
}

type Props = Looks &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> & {
    /** Under way: it cannot be pressed twice. */
    busy?: boolean;
  };

export function Button({ primary, danger, quiet, busy = false, disabled, children, type = 'button', ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      className={looks({ primary, danger, quiet })}
      disabled={disabled || busy}
      aria-busy={busy}
    >
      {children}
    </button>
  );
}

/** A link that looks like a button: it leads somewhere and does nothing. */
export function LinkButton({ href, children, ...given }: Looks & { href: string; children: ReactNode }) {
  return (
    <Link href={href} className={looks(given)}>
      {children}
    </Link>
  );
}

function looks({ primary, danger, quiet }: Looks): string {
  const kind = primary ? styles.primary : danger ? styles.danger : quiet ? styles.quiet : '';
  return `${styles.button} ${kind}`;
}
