import { problem } from './problem';
import { type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const statusSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['status'],
  properties: { status: { type: 'string' }, version: { type: 'string' } },
} as const;

export function healthRoutes(services: Services): Route[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      summary: 'The process lives',
      tag: 'running',
      access: 'public',
      responses: { 200: statusSchema },
      handle: async () => ({ status: 200, body: { status: 'ok', version: services.version } }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      summary: 'It can take work: 503 with a sentence when not',
      tag: 'running',
      access: 'public',
      responses: { 200: statusSchema },
      handle: () => readiness(services),
    }),
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics for Prometheus',
      tag: 'running',
      access: 'public',
      responses: { 200: null },
      produces: ['text/plain'],
      async handle() {
        const { type, text } = await services.metrics.expose();
        return { status: 200, headers: { 'content-type': type }, body: text };
      },
    }),
  ];
}

async function readiness({ engine, store, starting, logUnavailable }: Services): Promise<ApiResponse> {
  const reasons = [
    ['The process', starting?.() ? 'it is starting' : null],
    ['The engine', engine.unavailable()],
    ['The store', await store.unavailable()],
    ['The log', (await logUnavailable?.()) ?? null],
  ] as const;
  const away = reasons.filter(([, reason]) => reason !== null);
  if (away.length === 0) return { status: 200, body: { status: 'ready' } };
  const detail = away.map(([what, reason]) => `${what} takes no work: ${reason}.`).join(' ');
  return problem(503, detail, { hint: 'Wait, or look at the log of the process.', headers: { 'retry-after': '5' } });
}
