import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition } from '../../schemas/flow';
import type { Story } from '../../schemas/story';
import { clockTime, duration, whole } from './amounts';
import styles from './timeline.module.css';
import {
  type Mark,
  placeOf,
  type Segment,
  type Timeline,
  type TimelineRow,
  ticksOf,
  timelineOf,
} from './timeline-rows';

const FRAME_MS = 200;
const TICKS = 6;
/** A tick near the end has no room for its name. */
const NAMED_UNTIL = 0.86;

/** The viewer's clock, moving while `running`. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), FRAME_MS);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/**
 * A run as one bar a step over an axis of time. For the eye alone: whoever uses it tells the same in words beside it.
 * @param label what the picture shows, in a sentence
 */
export function RunTimeline({
  story,
  label,
  definition,
}: {
  story: Story;
  label: string;
  definition?: FlowDefinition;
}) {
  const now = useNow(story.invocation.status === 'running');
  const timeline = timelineOf(story, now, definition);
  return (
    <figure className={styles.figure}>
      <div role="img" aria-label={label} className={styles.chart}>
        {timeline.rows.map((row) => (
          <Row key={row.step} row={row} timeline={timeline} />
        ))}
        <Axis timeline={timeline} />
      </div>
      <Legend timeline={timeline} />
    </figure>
  );
}

function Row({ row, timeline }: { row: TimelineRow; timeline: Timeline }) {
  const { t } = useTranslation(['runs', 'vocabulary']);
  const branch = row.branch === null ? '' : t('timeline.branch', { number: row.branch });
  return (
    <div className={styles.row} data-depth={row.depth} data-outcome={row.outcome}>
      <div className={styles.name}>
        <span>{row.step}</span>
        <small>{[row.channel && t(`vocabulary:channel.${row.channel}`), branch].filter(Boolean).join(' · ')}</small>
      </div>
      <div className={styles.track} data-parallel={row.channel === null}>
        {row.segments.map((segment) => (
          <Bar key={`${segment.attempt}${segment.kind}${segment.fromMs}`} segment={segment} timeline={timeline} />
        ))}
        {row.marks.map((mark) => (
          <Sign key={`${mark.sign}${mark.atMs}`} mark={mark} timeline={timeline} />
        ))}
      </div>
    </div>
  );
}

const percent = (part: number) => `${(part * 100).toFixed(3)}%`;

function Bar({ segment, timeline }: { segment: Segment; timeline: Timeline }) {
  const { t } = useTranslation('runs');
  const { kind, fromMs, toMs, attempt } = segment;
  const from = placeOf(timeline, fromMs);
  const words = t(`timeline.${kind}`);
  return (
    <span
      className={styles.bar}
      data-kind={kind}
      data-again={attempt > 1}
      title={`${words}: ${clockTime(fromMs)} – ${clockTime(toMs)} (${duration(toMs - fromMs)})`}
      style={{ insetInlineStart: percent(from), inlineSize: percent(placeOf(timeline, toMs) - from) }}
    />
  );
}

function Sign({ mark, timeline }: { mark: Mark; timeline: Timeline }) {
  const { t } = useTranslation('runs');
  const beyond = mark.atMs > timeline.endMs;
  return (
    <span
      className={styles.mark}
      data-sign={mark.sign}
      data-beyond={beyond}
      title={`${t(`timeline.mark.${mark.sign}`)}: ${clockTime(mark.atMs)}`}
      style={{ insetInlineStart: percent(placeOf(timeline, mark.atMs)) }}
    />
  );
}

function Axis({ timeline }: { timeline: Timeline }) {
  return (
    <div className={styles.row} aria-hidden="true">
      <div className={styles.name}>
        <small dir="auto">{clockTime(timeline.startMs)}</small>
      </div>
      <div className={styles.axis}>
        {ticksOf(timeline, TICKS).map((ms) => {
          const place = placeOf(timeline, timeline.startMs + ms);
          return (
            <span key={ms} style={{ insetInlineStart: percent(place) }}>
              {place < NAMED_UNTIL && (ms === 0 ? whole(0) : `+${duration(ms)}`)}
            </span>
          );
        })}
      </div>
    </div>
  );
}

/** Names what the picture holds, and nothing else. */
function Legend({ timeline }: { timeline: Timeline }) {
  const { t } = useTranslation('runs');
  const kinds = new Set(timeline.rows.flatMap(({ segments }) => segments.map(({ kind }) => kind)));
  const signs = new Set(timeline.rows.flatMap(({ marks }) => marks.map(({ sign }) => sign)));
  return (
    <figcaption className={styles.legend}>
      {[...kinds].map((kind) => (
        <span key={kind}>
          <i className={styles.swatch} data-kind={kind} />
          {t(`timeline.${kind}`)}
        </span>
      ))}
      {[...signs].map((sign) => (
        <span key={sign}>
          <i className={styles.sample} data-sign={sign} />
          {t(`timeline.mark.${sign}`)}
        </span>
      ))}
    </figcaption>
  );
}
