import type { ReactNode } from 'react';

/** One line of a `dl`, which says how its facts look: a name, and what there is under it. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
