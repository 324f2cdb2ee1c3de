import type { Event } from '../core/event';
import { toWire } from '../core/wire';
import { masksAddresses } from './access';
import { admit } from './admit';
import type { Caller } from './caller';
import { visibleRecord } from './invocations';
import { masked } from './masked';
import { aborted, hasEnded } from './prefer';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

/** Less than what proxies usually let an idle connection live. */
const HEARTBEAT_MS = 15_000;
const VIEW = { resource: 'invocations', level: 'VIEW' } as const;

export function streamRoutes(services: Services): Route[] {
  return [
    route<unknown, { after?: number }>({
      method: 'GET',
      path: '/v1/invocations/{id}/stream',
      summary: 'Its events as they happen (server-sent events), until it has ended',
      tag: 'invocations',
      access: VIEW,
      query: {
        type: 'object',
        additionalProperties: false,
        properties: { after: { type: 'integer', minimum: 0, maximum: 1_000_000_000 } },
      },
      headers: [{ name: 'Last-Event-ID', description: 'The last `seq` that was seen.' }],
      responses: { 200: null },
      produces: ['text/event-stream'],
      handle: (request) => open(services, request),
    }),
  ];
}

async function open(services: Services, request: ApiRequest<unknown, { after?: number }>): Promise<ApiResponse> {
  const found = await visibleRecord(services, request);
  if (!found.ok) return found.response;
  const last = request.headers['last-event-id'];
  const seen = typeof last === 'string' && /^\d{1,9}$/.test(last) ? Number(last) : (request.query.after ?? 0);
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
    stream: follow(services, found.record.id, seen, {
      closed: request.closed(),
      again: () => readerOf(services, request),
    }),
  };
}

interface Reader {
  closed: AbortSignal;
  /** Who reads, as they are now; null: they may no more. */
  again(): Promise<Caller | null>;
}

/** A run may take days: whoever was let in may be gone, or another, before it ends. */
async function readerOf(services: Services, request: ApiRequest<unknown, unknown>): Promise<Caller | null> {
  const admitted = await admit(VIEW, services, request);
  if (!admitted.ok) return null;
  const found = await visibleRecord(services, { params: request.params, caller: admitted.value });
  return found.ok ? admitted.value : null;
}

/** Ends after the run has; events that come later (late receipts) are read with GET …/events. */
async function* follow(
  services: Services,
  id: string,
  seen: number,
  { closed, again }: Reader,
): AsyncGenerator<string> {
  const { engine } = services;
  const gone = aborted(closed);
  let after = seen;
  yield 'retry: 2000\n\n';
  while (!closed.aborted) {
    const [state, reader] = [await engine.describe(id), await again()];
    if (!state || !reader) return;
    const hides = masksAddresses(reader);
    for (const event of await engine.history(id, after)) {
      const wire = toWire(event, state.ladder);
      yield message(event, JSON.stringify(hides ? masked(wire) : wire));
      after = event.seq;
    }
    if (hasEnded(state) && after >= state.seq) {
      yield `event: end\ndata: ${JSON.stringify({ status: state.status })}\n\n`;
      return;
    }
    const news = await Promise.race([engine.changed(id, after, HEARTBEAT_MS), gone]);
    if (news !== false) continue;
    // The engine is stopping: the client comes back with its Last-Event-ID, to whoever listens then.
    if (engine.unavailable() !== null) return;
    yield ': still here\n\n';
  }
}

function message(event: Event, data: string): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${data}\n\n`;
}
