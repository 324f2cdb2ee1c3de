import type { RunFilters } from '../../../schemas/run-filters';
import { CHANNELS, INVOCATION_STATUSES, REASONS } from '../../../schemas/vocabulary';
import { recognise, type Sought, settled } from './recognise';

const TEXTS = ['flow', 'recipient', 'externalId', 'providerMessageId', 'reachedStep'] as const;
const LISTS = {
  mode: ['live', 'test'],
  status: INVOCATION_STATUSES,
  reachedChannel: CHANNELS,
  reason: REASONS,
  late: ['true', 'false'],
  duplicate: ['true', 'false'],
} as const;
/** Everything that narrows a search; the mode chooses between two worlds instead. */
export const NARROWING = [
  ...TEXTS,
  'version',
  'status',
  'reachedChannel',
  'reason',
  'late',
  'duplicate',
  'from',
  'to',
] as const satisfies readonly (keyof RunFilters)[];

/** What a page's address says; what is not understood is left out. */
export function filtersOf(search: URLSearchParams): RunFilters {
  const found: Record<string, string | number> = {};
  for (const name of TEXTS) {
    const text = search.get(name)?.trim();
    if (text) found[name] = text;
  }
  for (const [name, known] of Object.entries(LISTS)) {
    const text = search.get(name);
    if (text !== null && (known as readonly string[]).includes(text)) found[name] = text;
  }
  const version = search.get('version') ?? '';
  if (/^[1-9]\d{0,8}$/.test(version)) found.version = Number(version);
  for (const name of ['from', 'to']) {
    const text = search.get(name);
    if (text !== null && !Number.isNaN(Date.parse(text))) found[name] = new Date(text).toISOString();
  }
  return found as RunFilters;
}

/** The filters as an address has them, without what is empty. */
export function searchOf(filters: RunFilters): string {
  const search = new URLSearchParams();
  for (const name of ['mode', ...NARROWING] as const) {
    const value = filters[name];
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.toString();
}

export function narrowed(filters: RunFilters): number {
  return NARROWING.filter((name) => filters[name] !== undefined).length;
}

/** The filters with what was typed into the one box in place of what was sought before; null: it names a run. */
export function seeking(filters: RunFilters, text: string, as: Sought | 'auto'): RunFilters | { run: string } {
  const { recipient: _one, externalId: _two, providerMessageId: _three, ...others } = filters;
  if (text.trim() === '') return others;
  const sought = as === 'auto' ? recognise(text) : as;
  const value = settled(sought, text);
  if (sought === 'run') return { run: value };
  if (sought === 'externalId' || sought === 'providerMessageId') return { ...others, [sought]: value };
  return { ...others, recipient: value };
}

/** What was sought, as the box shows it. */
export function soughtIn(filters: RunFilters): { text: string; as: Sought | 'auto' } {
  const { recipient, externalId, providerMessageId } = filters;
  if (providerMessageId !== undefined) return { text: providerMessageId, as: 'providerMessageId' };
  if (externalId !== undefined) return { text: externalId, as: 'externalId' };
  if (recipient === undefined) return { text: '', as: 'auto' };
  const as = recognise(recipient);
  return { text: recipient, as: as === 'phone' || as === 'email' ? as : 'recipientId' };
}

export type ExportDataset = 'invocations' | 'attempts' | 'events';
export type ExportFormat = 'ndjson' | 'csv' | 'parquet';

/** The address of the file with all that the list has. */
export function exportOf(filters: RunFilters, dataset: ExportDataset, format: ExportFormat): string {
  const search = searchOf(filters);
  return `/v1/exports/${dataset}?format=${format}${search && `&${search}`}`;
}

/** A moment as `datetime-local` has it, in the viewer's zone. */
export function localMoment(iso: string | undefined): string {
  if (iso === undefined) return '';
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function momentOf(local: string): string | undefined {
  return Number.isNaN(Date.parse(local)) ? undefined : new Date(local).toISOString();
}
