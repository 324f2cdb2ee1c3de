import { isoTime } from '../core/iso-time';
import { type Histogram, percentilesMs } from '../core/latency-buckets';
import { accepted } from './accept';
import type { Asked } from './analytics-query';
import type { Tally } from './analytics-runs';
import type { GroupTally, Tallied } from './analytics-tally';
import { csvHeader, csvRow } from './csv';
import type { ApiRequest, ApiResponse } from './route';

export const CSV = 'text/csv';

/** One figure of an answer, as content of a tally and as lines of a table. */
export interface Figures {
  /** What is answered of the whole, and of each group. */
  content(tally: Tally, group: GroupTally | null): Record<string, unknown>;
  /** The columns of the table, after those of the group. */
  columns: readonly string[];
  /** Its lines, a value for each column. */
  lines(tally: Tally, group: GroupTally | null): (string | number | null)[][];
}

/** JSON, or CSV where that is asked for: of the groups where there are any, else of the whole. */
export function answerOf(
  { headers }: Pick<ApiRequest, 'headers'>,
  asked: Asked,
  tallied: Tallied,
  { content, columns, lines }: Figures,
): ApiResponse {
  const { groups } = tallied;
  if (accepted(headers.accept, ['application/json', CSV]) === CSV) {
    return { status: 200, headers: { 'content-type': `${CSV}; charset=utf-8` }, body: table() };
  }
  const body = { ...echoOf(asked), ...content(tallied, null) };
  if (!groups) return { status: 200, body };
  return {
    status: 200,
    body: { ...body, groups: groups.map((group) => ({ ...group.key, ...content(group, group) })) },
  };

  function table(): string {
    const keys = Object.keys(groups?.[0]?.key ?? {});
    const rows = (groups ?? [null]).flatMap((group) => {
      const own = keys.map((key) => group?.key[key] ?? null);
      return lines(group ?? tallied, group).map((line) => csvRow([...own, ...line]));
    });
    return csvHeader([...keys, ...columns]) + rows.join('');
  }
}

function echoOf({ flow, version, mode, from, to, zone }: Asked) {
  return {
    flow: flow?.id ?? null,
    workflowId: flow?.workflowId ?? null,
    version,
    mode,
    from: isoTime(from),
    to: isoTime(to),
    timezone: zone,
  };
}

export const SHARES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;
type Percentiles = Record<keyof typeof SHARES, number | null>;

const NONE: Percentiles = { p50: null, p90: null, p95: null, p99: null };

export function percentilesOf(latencies: Histogram | null): Percentiles {
  if (latencies === null) return NONE;
  const [p50 = null, p90 = null, p95 = null, p99 = null] = percentilesMs(latencies, Object.values(SHARES));
  return { p50, p90, p95, p99 };
}
