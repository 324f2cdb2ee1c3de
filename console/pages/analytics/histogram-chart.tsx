import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { AXIS, TOOLTIP, useRightToLeft } from './chart-look';
import type { Bins } from './histogram';

const TICKS = 6;

/** How many messages took how long, with lines where it matters; what lies beyond the timeout is shaded. */
export default function HistogramChart({
  bins: { bins, placeOf },
  timeout,
  lines,
  name,
  format,
  time,
}: {
  bins: Bins;
  timeout: { ms: number; words: string } | null;
  lines: readonly { ms: number; words: string }[];
  name: string;
  format(count: number): string;
  time(ms: number): string;
}) {
  const mirrored = useRightToLeft();
  const points = [...bins.map(({ count }, place) => ({ place, count })), { place: bins.length, count: 0 }];
  const from = (place: number) => bins[Math.min(Math.round(place), bins.length - 1)]?.fromMs ?? 0;
  const ticks = Array.from({ length: TICKS }, (_, at) => Math.round((at * (bins.length - 1)) / (TICKS - 1)));
  const between = (place: number) => {
    const bin = bins[Math.min(place, bins.length - 1)];
    return bin ? `${time(bin.fromMs)} – ${time(bin.toMs)}` : '';
  };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <AreaChart data={points} accessibilityLayer={false} margin={{ top: 22, right: 12, bottom: 0, left: 8 }}>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis
          type="number"
          dataKey="place"
          domain={[0, bins.length]}
          ticks={ticks}
          reversed={mirrored}
          tickFormatter={(place) => time(from(Number(place)))}
          {...AXIS}
        />
        <YAxis
          width={44}
          orientation={mirrored ? 'right' : 'left'}
          allowDecimals={false}
          tickFormatter={(value) => format(Number(value))}
          {...AXIS}
        />
        <Tooltip
          {...TOOLTIP}
          labelFormatter={(place) => between(Number(place))}
          formatter={(value) => format(Number(value))}
          isAnimationActive={false}
        />
        {timeout && (
          <ReferenceArea x1={placeOf(timeout.ms)} x2={bins.length} fill="var(--late-soft)" fillOpacity={0.8} />
        )}
        <Area
          type="stepAfter"
          dataKey="count"
          name={name}
          stroke="var(--accent)"
          fill="var(--accent)"
          fillOpacity={0.35}
          isAnimationActive={false}
        />
        {lines.map(({ ms, words }) => (
          <ReferenceLine
            key={words}
            x={placeOf(ms)}
            stroke="var(--line-strong)"
            strokeDasharray="3 3"
            label={{ value: words, position: 'insideTop', fill: 'var(--ink-soft)', fontSize: 11 }}
          />
        ))}
        {timeout && (
          <ReferenceLine
            x={placeOf(timeout.ms)}
            stroke="var(--late)"
            strokeWidth={2}
            label={{
              value: timeout.words,
              // Above the chart, on the side where there is room.
              position: placeOf(timeout.ms) > bins.length / 2 === mirrored ? 'insideTopLeft' : 'insideTopRight',
              dy: -20,
              fill: 'var(--late)',
              fontSize: 12,
              fontWeight: 600,
            }}
          />
        )}
      </AreaChart>
    </ResponsiveContainer>
  );
}
