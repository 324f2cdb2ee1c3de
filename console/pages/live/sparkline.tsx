import styles from './sparkline.module.css';

const SIZE = { width: 120, height: 28 } as const;

/** The last minutes at a glance, for the eye alone: the figure stands above. Gaps where nothing was known. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const most = Math.max(...values.map((value) => value ?? 0), 0.001);
  const step = SIZE.width / Math.max(values.length - 1, 1);
  const points = values.flatMap((value, at) =>
    value === null
      ? []
      : [`${(at * step).toFixed(1)},${(SIZE.height - 2 - (value / most) * (SIZE.height - 4)).toFixed(1)}`],
  );
  return (
    <svg
      className={styles.line}
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {points.length > 1 && <polyline points={points.join(' ')} />}
    </svg>
  );
}
