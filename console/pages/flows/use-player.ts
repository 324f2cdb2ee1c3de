import { useEffect, useState } from 'react';
import { clockAt, type Moment, watchedAt } from './simulation-story';

/** How fast it plays: waits shortened, times so much; or `real`, a second a second. */
export const SPEEDS = ['0.5', '1', '2', '4', 'real'] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Player {
  /** Seconds of watching, from 0 to `length`. */
  watched: number;
  length: number;
  /** The virtual clock, in milliseconds from the start of the run. */
  clockMs: number;
  /** The moment whose events were the last. */
  current: number;
  playing: boolean;
  speed: Speed;
  setSpeed(speed: Speed): void;
  toggle(): void;
  seek(watched: number): void;
  /** To the moment that many before or after. */
  step(by: number): void;
}

/** A virtual clock that can be played, held, stepped and sought. It stands at the end until somebody plays it. */
export function usePlayer(moments: readonly Moment[]): Player {
  const length = moments.at(-1)?.watched ?? 0;
  const [state, setState] = useState({ watched: length, playing: false });
  const [speed, setSpeed] = useState<Speed>('1');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another simulation is shown from its end.
  useEffect(() => setState({ watched: length, playing: false }), [moments]);
  const { playing } = state;
  useEffect(() => {
    if (!playing) return;
    let before = performance.now();
    let frame = requestAnimationFrame(function tick(now) {
      const elapsed = (now - before) / 1000;
      before = now;
      setState((was) => {
        const watched = Math.min(length, advanced(moments, was.watched, elapsed, speed));
        return { watched, playing: was.playing && watched < length };
      });
      frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, moments, length]);
  const watched = Math.min(state.watched, length);
  const current = Math.max(
    0,
    moments.findLastIndex((moment) => moment.watched <= watched + CLOSE),
  );
  const seek = (to: number) => setState({ watched: Math.max(0, Math.min(length, to)), playing: false });
  return {
    watched,
    length,
    clockMs: clockAt(moments, watched),
    current,
    playing,
    speed,
    setSpeed,
    seek,
    toggle: () => setState({ watched: playing || watched < length ? watched : 0, playing: !playing }),
    step: (by) => seek(moments[current + by]?.watched ?? (by > 0 ? length : 0)),
  };
}

/** Seconds of watching that make no difference. */
const CLOSE = 1e-6;

function advanced(moments: readonly Moment[], watched: number, seconds: number, speed: Speed): number {
  if (speed !== 'real') return watched + seconds * Number(speed);
  return watchedAt(moments, clockAt(moments, watched) + seconds * 1000);
}
