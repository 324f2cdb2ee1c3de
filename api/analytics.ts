import {
  ANALYTICS_LIMITS,
  type AnalyticsQuery,
  analyticsQuerySchema,
  costSchema,
  failuresSchema,
  funnelSchema,
  latencySchema,
} from '../schemas/analytics';
import { answerOf, CSV, type Figures } from './analytics-answer';
import { costFigures } from './analytics-cost';
import { FAILURES } from './analytics-failures';
import { FUNNEL } from './analytics-funnel';
import { LATENCY } from './analytics-latency';
import { readAnalyticsQuery } from './analytics-query';
import { type Tallied, TooManyGroups, tally, type Wanted } from './analytics-tally';
import { invalid } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

/** What was counted of runs, by when they began: see docs/analytics.md. */
export function analyticsRoutes(services: Services): Route[] {
  return [
    analyticsRoute(services, {
      name: 'funnel',
      summary: 'How many runs went on to each step, and what became of them there',
      schema: funnelSchema,
      figures: () => FUNNEL,
      wanted: { latencies: true },
    }),
    analyticsRoute(services, {
      name: 'latency',
      summary: 'How long messages took from acceptance to delivery, by step',
      schema: latencySchema,
      figures: () => LATENCY,
      wanted: { latencies: true },
    }),
    analyticsRoute(services, {
      name: 'cost',
      summary: 'What was paid, what was paid twice, and what sending otherwise would have cost',
      schema: costSchema,
      figures: ({ countries }) => costFigures(countries),
      wanted: { countries: true },
    }),
    analyticsRoute(services, {
      name: 'failures',
      summary: 'Why messages did not reach the person, by step and reason',
      schema: failuresSchema,
      figures: () => FAILURES,
      wanted: {},
    }),
  ];
}

interface Report {
  name: string;
  summary: string;
  schema: object;
  figures(tallied: Tallied): Figures;
  wanted: Wanted;
}

function analyticsRoute(services: Services, report: Report): Route {
  return route<unknown, AnalyticsQuery>({
    method: 'GET',
    path: `/v1/analytics/${report.name}`,
    summary: report.summary,
    tag: 'analytics',
    access: { resource: 'analytics', level: 'VIEW' },
    query: analyticsQuerySchema,
    responses: { 200: report.schema },
    produces: [CSV],
    handle: (request) => answer(services, report, request),
  });
}

async function answer(
  services: Services,
  { figures, wanted }: Report,
  request: ApiRequest<unknown, AnalyticsQuery>,
): Promise<ApiResponse> {
  const read = await readAnalyticsQuery(services, request);
  if (!read.ok) return read.response;
  await services.projected?.();
  try {
    const tallied = await tally(services, read.asked, wanted);
    return answerOf(request, read.asked, tallied, figures(tallied));
  } catch (error) {
    if (!(error instanceof TooManyGroups)) throw error;
    const message = `That makes more than ${ANALYTICS_LIMITS.groups} groups.`;
    return invalid([{ pointer: '/query/by', message }], 'Ask for less time, for one flow, or by fewer things.');
  }
}
