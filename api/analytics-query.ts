import { addDays, dateIn, dayBegins } from '../core/local-days';
import { slotFrom, slotOf } from '../core/slots';
import { ANALYTICS_LIMITS, type AnalyticsQuery, GROUPINGS, type Grouping } from '../schemas/analytics';
import { nearest } from '../schemas/explain';
import { isDateTime } from '../schemas/validate';
import type { Mode } from '../schemas/vocabulary';
import type { Flow } from '../store/contract';
import { askedFlow } from './flow-scope';
import { modeOf } from './mode';
import { invalid } from './problem';
import type { ApiRequest, ApiResponse } from './route';
import type { Services } from './services';
import { isTimeZone } from './time-zone';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Days, the last one included, where the query says none. */
const USUAL_DAYS = 7;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What is asked, all of it judged and the defaults filled in. Times in ms since 1970. */
export interface Asked {
  mode: Mode;
  /** Null: all flows. */
  flow: Flow | null;
  version: number | null;
  zone: string;
  /** Beginnings of slots. */
  from: number;
  to: number;
  by: readonly Grouping[];
  /** Where the hours or days begin and end that are compared; without such, `from` and `to`. */
  bounds: readonly number[];
  /** What each of them is called. */
  labels: readonly string[];
}

export type Reading = { ok: true; asked: Asked } | { ok: false; response: ApiResponse };

export async function readAnalyticsQuery(
  services: Services,
  { query, caller }: ApiRequest<unknown, AnalyticsQuery>,
): Promise<Reading> {
  const mode = modeOf(caller, query.mode ?? 'live');
  if (!mode.ok) return mode;
  const named = await askedFlow(services, caller, query.flow, true);
  if (!named.ok) return named;
  const { flow } = named;
  if (query.flow !== undefined && !flow) {
    return refuse(
      'flow',
      `There is no flow “${query.flow.slice(0, 64)}”.`,
      'GET /v1/flows lists the flows and their workflow IDs.',
    );
  }
  const { version = null } = query;
  if (version !== null && !flow) return refuse('version', 'A version is one of a flow.', 'Say which with “flow”.');
  if (version !== null && flow && (version > flow.latestVersion || version < 1)) {
    return refuse('version', `The flow has no version ${version}.`, `It has 1 to ${flow.latestVersion}.`);
  }
  const zone = query.timezone ?? 'UTC';
  if (!isTimeZone(zone)) {
    return refuse('timezone', `“${zone}” is no IANA time zone.`, 'Name one, such as Europe/Rome or Asia/Kolkata.');
  }
  const by = readGroupings(query.by, flow !== null);
  if (!by.ok) return by;
  const range = readRange(query, zone, services.now());
  if (!range.ok) return range;
  const periods = periodsOf(by.by, range, zone);
  if (!periods.ok) return periods;
  const { from, to } = range;
  const { bounds, labels } = periods;
  return { ok: true, asked: { mode: mode.mode, flow, version, zone, from, to, by: by.by, bounds, labels } };
}

type Refused = { ok: false; response: ApiResponse };

function refuse(parameter: keyof AnalyticsQuery, message: string, hint: string): Refused {
  return { ok: false, response: invalid([{ pointer: `/query/${parameter}`, message }], hint) };
}

function readGroupings(text: string | undefined, oneFlow: boolean): { ok: true; by: Grouping[] } | Refused {
  const names = text === undefined ? [] : [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = names.find((name) => !(GROUPINGS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, GROUPINGS);
    const meant = near ? ` Did you mean “${near}”?` : '';
    const shown = unknown.slice(0, 40);
    return refuse('by', `Nothing is counted by “${shown}”.${meant}`, `Take some of ${GROUPINGS.join(', ')}.`);
  }
  if (names.includes('hour') && names.includes('day')) {
    return refuse('by', 'An hour of UTC may belong to two days.', 'Take either hour or day.');
  }
  // Version 1 of one flow and of another are not the same.
  const by = names as Grouping[];
  return { ok: true, by: by.includes('version') && !by.includes('flow') && !oneFlow ? ['flow', ...by] : by };
}

type Range = { ok: true; from: number; to: number };

function readRange(query: AnalyticsQuery, zone: string, now: number): Range | Refused {
  const to = query.to === undefined ? now : momentOf(query.to, zone, 1);
  if (to === null) return refuse('to', '“to” is neither a time nor a date.', FORMS);
  const usual = () => dayBegins(zone, addDays(dateIn(zone, to - 1), 1 - USUAL_DAYS));
  const from = query.from === undefined ? usual() : momentOf(query.from, zone, 0);
  if (from === null) return refuse('from', '“from” is neither a time nor a date.', FORMS);
  if (from >= to) return refuse('from', '“from” must be before “to”.', 'Leave one of them out, or change them.');
  return { ok: true, from: slotOf(from), to: slotFrom(to) };
}

const FORMS = 'Write a time as 2026-11-21T10:00:00Z, with its offset, or a date as 2026-11-21. Escape “+” as %2B.';
/** What Date can reckon with, and then some days. */
const YEARS = { first: 1971, last: 9000 } as const;

/** @param endAfterDays of a date: how many days after its beginning is meant */
function momentOf(text: string, zone: string, endAfterDays: number): number | null {
  const year = Number(text.slice(0, 4));
  if (!(year >= YEARS.first && year <= YEARS.last)) return null;
  if (!DATE.test(text)) return isDateTime(text) ? Date.parse(text) : null;
  const midnight = Date.parse(`${text}T00:00:00Z`);
  // Date takes the 31st of every month for a day of the next.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== text) return null;
  return dayBegins(zone, addDays(text, endAfterDays));
}

type Periods = { ok: true; bounds: number[]; labels: string[] };

function periodsOf(by: readonly Grouping[], { from, to }: Range, zone: string): Periods | Refused {
  const { hourDays, dayDays } = ANALYTICS_LIMITS;
  const days = (to - from) / DAY_MS;
  if (by.includes('hour')) {
    if (days > hourDays + 1) return tooLong('hour', hourDays);
    return { ok: true, ...hours(from, to) };
  }
  if (by.includes('day')) {
    if (days > dayDays + 1) return tooLong('day', dayDays);
    return { ok: true, ...localDays(from, to, zone) };
  }
  return { ok: true, bounds: [from, to], labels: [''] };
}

function tooLong(what: Grouping, days: number): Refused {
  return refuse('from', `By ${what}, a query may span ${days} days.`, 'Ask for less at once, or compare by another.');
}

function hours(from: number, to: number): { bounds: number[]; labels: string[] } {
  const bounds = [from];
  for (let at = from - (from % HOUR_MS) + HOUR_MS; at < to; at += HOUR_MS) bounds.push(at);
  const labels = bounds.map((at) => new Date(at - (at % HOUR_MS)).toISOString());
  return { bounds: [...bounds, to], labels };
}

function localDays(from: number, to: number, zone: string): { bounds: number[]; labels: string[] } {
  let date = dateIn(zone, from);
  const bounds = [from];
  const labels = [date];
  for (;;) {
    date = addDays(date, 1);
    // A zone that is not in the table of core/slots.ts may begin its day within a slot.
    const begins = slotOf(dayBegins(zone, date));
    if (begins >= to) return { bounds: [...bounds, to], labels };
    if (begins <= (bounds[bounds.length - 1] ?? 0)) continue;
    bounds.push(begins);
    labels.push(date);
  }
}
