import type { Event } from '../core/event';
import { isoTime } from '../core/iso-time';
import { routeAt, sendRungOf } from '../core/ladder';
import { factsOf } from '../core/run-facts';
import type { State } from '../core/state';
import { invocationView } from '../core/view';
import { toWire } from '../core/wire';
import { type EXPORT_COLUMNS, type ExportRow, ROLLUP_COUNTERS, type RowOf } from '../schemas/export';
import type { AttemptView } from '../schemas/invocation';
import { REASONS } from '../schemas/vocabulary';
import type { IndexedInvocation, Rollup } from '../store/contract';

type Columns = typeof EXPORT_COLUMNS;

/** The run as the list shows it, flat. */
export function invocationRow({ record, state }: IndexedInvocation): RowOf<Columns['invocations']> {
  const view = invocationView(state, record);
  const { reachedIndex, ...facts } = factsOf(state);
  return {
    id: view.id,
    ...flowOf(record),
    purpose: state.ladder.purpose,
    status: view.status,
    externalId: view.externalId ?? null,
    metadata: view.metadata ? JSON.stringify(view.metadata) : null,
    createdAt: view.createdAt,
    endedAt: view.endedAt ?? null,
    ...facts,
    reachedAt: facts.reachedAt === null ? null : isoTime(facts.reachedAt),
    worstCaseCostMicros: view.worstCase?.costMicros ?? 0,
    worstCaseSeconds: view.worstCase?.seconds ?? 0,
  };
}

function flowOf({ workflowId, flowId, flowVersion, mode }: IndexedInvocation['record']) {
  return { workflowId, flowId, flowVersion, mode };
}

/** Its attempts as the API shows them, in their order. */
export function attemptRows({ record, state }: IndexedInvocation): RowOf<Columns['attempts']>[] {
  const { attempts, status, createdAt } = invocationView(state, record);
  return attempts.map((attempt) => ({
    invocationId: record.id,
    ...flowOf(record),
    purpose: state.ladder.purpose,
    invocationStatus: status,
    invocationCreatedAt: createdAt,
    step: attempt.step,
    attempt: attempt.attempt,
    channel: attempt.channel,
    provider: attempt.provider,
    account: accountOf(state, attempt),
    providerMessageId: attempt.providerMessageId ?? null,
    status: attempt.status,
    reason: attempt.reason ?? null,
    code: attempt.code ?? null,
    requestedAt: attempt.requestedAt ?? null,
    acceptedAt: attempt.acceptedAt ?? null,
    deadlineAt: attempt.deadlineAt ?? null,
    finalAt: attempt.finalAt ?? null,
    latencyMs: attempt.latencyMs ?? null,
    costMicros: attempt.costMicros ?? 0,
    currency: state.ladder.currency,
    late: attempt.late,
    uncertain: attempt.uncertain ?? false,
    duplicate: attempt.duplicate ?? false,
    duplicateRisk: attempt.duplicateRisk ?? false,
    why: attempt.why ?? '',
  }));
}

function accountOf({ ladder, steps }: State, { step, attempt }: AttemptView): string | null {
  const rung = sendRungOf(ladder, step);
  const made = rung && steps[rung.index]?.attempts[attempt - 1];
  return made ? routeAt(rung, made.route).account : null;
}

/** Its events as the API writes them. */
export function eventRows({ record, state }: IndexedInvocation, events: readonly Event[]): RowOf<Columns['events']>[] {
  return events.map((event) => {
    const wire = toWire(event, state.ladder);
    return {
      invocationId: record.id,
      ...flowOf(record),
      seq: wire.seq,
      type: wire.type,
      at: wire.at,
      step: wire.step ?? null,
      attempt: wire.attempt ?? null,
      provider: wire.provider ?? null,
      account: wire.account ?? null,
      route: wire.route ?? null,
      providerMessageId: wire.providerMessageId ?? null,
      receiptStatus: wire.receiptStatus ?? null,
      receiptAt: wire.receiptAt ?? null,
      reason: wire.reason ?? null,
      code: wire.code ?? null,
      action: wire.action ?? null,
      nextStep: wire.nextStep ?? null,
      deadlineAt: wire.deadlineAt ?? null,
      until: wire.until ?? null,
      expiresAt: wire.expiresAt ?? null,
      costMicros: wire.costMicros ?? null,
      costs: jsonOrNull(wire.costs),
      duplicateRisk: wire.duplicateRisk ?? null,
      timezone: wire.timezone ?? null,
      country: wire.country ?? null,
      unaddressable: jsonOrNull(wire.unaddressable),
      because: wire.because ?? null,
    };
  });
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

const LATENCY = 'latency.';
const COUNTED_APART: ReadonlySet<string> = new Set([
  ...ROLLUP_COUNTERS,
  ...REASONS.map((reason) => `reason.${reason}`),
]);

/** A rollup with its counters side by side; 0 where nothing was counted. */
export function rollupRow({ key, counts }: Rollup, workflowId: string): ExportRow {
  const { hour, step, channel, country, ...rest } = key;
  const row: Record<string, string | number | null> = {
    hour: isoTime(hour),
    workflowId,
    ...rest,
    step: step || null,
    channel: channel || null,
    country: country || null,
  };
  for (const name of ROLLUP_COUNTERS) row[name] = counts[name] ?? 0;
  for (const reason of REASONS) row[`reason_${reason}`] = counts[`reason.${reason}`] ?? 0;
  const latency: Record<string, number> = {};
  const others: Record<string, number> = {};
  for (const [name, count] of Object.entries(counts)) {
    if (name.startsWith(LATENCY)) latency[name.slice(LATENCY.length)] = count;
    else if (!COUNTED_APART.has(name)) others[name] = count;
  }
  row.latency = JSON.stringify(latency);
  row.otherCounts = JSON.stringify(others);
  return row;
}
