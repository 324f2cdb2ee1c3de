import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { GROUPINGS, type Grouping } from '../../../schemas/analytics';
import { CHANNELS, type Channel, type Mode } from '../../../schemas/vocabulary';
import { momentsOf, SPANS, type Span, type TimeRange } from '../../parts/time-range';

export const VIEWS = ['funnel', 'latency', 'cost', 'failures', 'late', 'advice'] as const;
export type View = (typeof VIEWS)[number];

/** What the page shows, as its address says it. */
export interface Filters {
  view: View;
  flow: string | null;
  version: number | null;
  range: TimeRange;
  by: Grouping | null;
  /** Of the late-receipt ledger alone. */
  channel: Channel | null;
  mode: Mode;
}

const USUAL: Span = '7d';

function oneOf<T extends string>(known: readonly T[], given: string | null): T | null {
  return known.find((one) => one === given) ?? null;
}

/** What is not known in the address is as if it were not there. */
export function readFilters(search: string): Filters {
  const given = new URLSearchParams(search);
  const version = Number(given.get('version'));
  const from = given.get('from') ?? '';
  const to = given.get('to') ?? '';
  const span = oneOf(Object.keys(SPANS) as Span[], given.get('range')) ?? USUAL;
  return {
    view: oneOf(VIEWS, given.get('view')) ?? 'funnel',
    flow: given.get('flow') || null,
    version: Number.isInteger(version) && version > 0 ? version : null,
    range: from || to ? { span: null, from: from.slice(0, 10), to: to.slice(0, 10) } : { span },
    by: oneOf(GROUPINGS, given.get('by')),
    channel: oneOf(CHANNELS, given.get('channel')),
    mode: given.get('mode') === 'test' ? 'test' : 'live',
  };
}

/** With its question mark; what is usual is left out. */
export function searchOf({ view, flow, version, range, by, channel, mode }: Filters): string {
  const said = new URLSearchParams();
  if (view !== 'funnel') said.set('view', view);
  if (flow) said.set('flow', flow);
  if (version) said.set('version', String(version));
  if (range.span === null) {
    if (range.from) said.set('from', range.from);
    if (range.to) said.set('to', range.to);
  } else if (range.span !== USUAL) said.set('range', range.span);
  if (by) said.set('by', by);
  if (channel) said.set('channel', channel);
  if (mode === 'test') said.set('mode', mode);
  const text = said.toString();
  return text && `?${text}`;
}

export const pathOf = (filters: Filters) => `/analytics${searchOf(filters)}`;

/** What all reports take; bounds as moments, since some of them take no dates. */
export function askedOf({ flow, version, range, mode }: Filters, now = new Date()) {
  const { from, to } = momentsOf(range, now);
  return {
    ...(flow && { flow }),
    ...(flow && version && { version }),
    ...(from && { from }),
    ...(to && { to }),
    mode,
  };
}

/** What the reports made of rollups take besides. */
export function reportQueryOf(filters: Filters, now = new Date()) {
  return {
    ...askedOf(filters, now),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(filters.by && { by: filters.by }),
  };
}

/** The filters of the address, and how to change some of them: each change is a step back in the history. */
export function useFilters(): { filters: Filters; change(some: Partial<Filters>): void } {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filters = useMemo(() => readFilters(search), [search]);
  return { filters, change: (some) => navigate(pathOf({ ...filters, ...some })) };
}
