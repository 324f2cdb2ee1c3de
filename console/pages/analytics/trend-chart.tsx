import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { BarsRow } from './bars-chart';
import { AXIS, type Series, TOOLTIP, useRightToLeft } from './chart-look';

/** How figures went from hour to hour or day to day. */
export default function TrendChart({
  rows,
  series,
  format,
}: {
  rows: readonly BarsRow[];
  series: readonly Series[];
  format(value: number): string;
}) {
  const mirrored = useRightToLeft();
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={[...rows]} accessibilityLayer={false} margin={{ top: 8, right: 8, bottom: 0, left: 8 }}>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis dataKey="name" reversed={mirrored} minTickGap={24} {...AXIS} />
        <YAxis
          width={52}
          orientation={mirrored ? 'right' : 'left'}
          allowDecimals={false}
          tickFormatter={(value) => format(Number(value))}
          {...AXIS}
        />
        <Tooltip {...TOOLTIP} formatter={(value) => format(Number(value))} isAnimationActive={false} />
        <Legend itemSorter={null} formatter={(name) => <span style={{ color: 'var(--ink)' }}>{name}</span>} />
        {series.map(({ key, name, colour }) => (
          <Line
            key={key}
            dataKey={key}
            name={name}
            stroke={colour}
            strokeWidth={2}
            dot={rows.length < 3}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  );
}
