import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

/** What all charts share: colours by name, nothing that moves. */
export const AXIS = {
  stroke: 'var(--line-strong)',
  tick: { fill: 'var(--ink-soft)', fontSize: 12 },
  tickLine: false,
} as const;

export const TOOLTIP: { contentStyle: CSSProperties; itemStyle: CSSProperties; cursor: { fill: string } } = {
  contentStyle: {
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius-small)',
    background: 'var(--raised)',
    color: 'var(--ink)',
  },
  itemStyle: { color: 'var(--ink)' },
  cursor: { fill: 'var(--sunken)' },
};

export interface Series {
  key: string;
  name: string;
  colour: string;
}

/** Enough for what is told apart; beyond, they come again. */
export const COLOURS = [
  'var(--accent)',
  'var(--good)',
  'var(--wait)',
  'var(--late)',
  'var(--bad)',
  'var(--line-strong)',
];

export const colourAt = (at: number) => COLOURS[at % COLOURS.length] ?? 'var(--accent)';

/** Where the language is written from the right, time and amounts grow to the left. */
export function useRightToLeft(): boolean {
  const { i18n } = useTranslation();
  return i18n.dir() === 'rtl';
}
