import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { AXIS, type Series, TOOLTIP, useRightToLeft } from './chart-look';

export interface BarsRow {
  name: string;
  [series: string]: string | number;
}

/** Bars of several series for each row: beside each other, or `stacked`; `lying` where names are long. */
export default function BarsChart({
  rows,
  series,
  format,
  stacked,
  lying,
}: {
  rows: readonly BarsRow[];
  series: readonly Series[];
  format(value: number): string;
  stacked?: boolean;
  lying?: boolean;
}) {
  const mirrored = useRightToLeft();
  const side = mirrored ? 'right' : 'left';
  const ticks = (value: unknown) => format(Number(value));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={[...rows]}
        layout={lying ? 'vertical' : 'horizontal'}
        accessibilityLayer={false}
        margin={{ top: 8, right: 8, bottom: 0, left: 8 }}
        barGap={2}
      >
        <CartesianGrid stroke="var(--line)" vertical={lying ?? false} horizontal={!lying} />
        {lying ? (
          <>
            <XAxis type="number" reversed={mirrored} allowDecimals={false} tickFormatter={ticks} {...AXIS} />
            <YAxis type="category" dataKey="name" width={130} orientation={side} {...AXIS} />
          </>
        ) : (
          <>
            <XAxis type="category" dataKey="name" reversed={mirrored} interval={0} {...AXIS} />
            <YAxis type="number" width={52} orientation={side} allowDecimals={false} tickFormatter={ticks} {...AXIS} />
          </>
        )}
        <Tooltip {...TOOLTIP} formatter={(value) => format(Number(value))} isAnimationActive={false} />
        {series.length > 1 && (
          <Legend itemSorter={null} formatter={(name) => <span style={{ color: 'var(--ink)' }}>{name}</span>} />
        )}
        {series.map(({ key, name, colour }) => (
          <Bar
            key={key}
            dataKey={key}
            name={name}
            fill={colour}
            stackId={stacked ? 'all' : key}
            maxBarSize={44}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
