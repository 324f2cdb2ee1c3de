import { answer, api } from '../../client/api';
import { askedOf, type Filters, reportQueryOf, searchOf } from './filters';
import { useReport } from './report';

/** Kept by what the address says: the moment that “now” is belongs to the asking and not to the name. */
const nameOf = (report: string, filters: Filters) => ['analytics', report, searchOf({ ...filters, view: 'funnel' })];

export function useFunnel(filters: Filters) {
  return useReport(nameOf('funnel', filters), ({ signal }) =>
    answer(api.GET('/v1/analytics/funnel', { params: { query: reportQueryOf(filters) }, signal })),
  );
}

export function useLatency(filters: Filters) {
  return useReport(nameOf('latency', filters), ({ signal }) =>
    answer(api.GET('/v1/analytics/latency', { params: { query: reportQueryOf(filters) }, signal })),
  );
}

export function useCost(filters: Filters) {
  return useReport(nameOf('cost', filters), ({ signal }) =>
    answer(api.GET('/v1/analytics/cost', { params: { query: reportQueryOf(filters) }, signal })),
  );
}

export function useFailures(filters: Filters) {
  return useReport(nameOf('failures', filters), ({ signal }) =>
    answer(api.GET('/v1/analytics/failures', { params: { query: reportQueryOf(filters) }, signal })),
  );
}

/** Of one flow: without one there is nothing to advise. It takes the server seconds, so it is asked seldom. */
export function useAdvice(filters: Filters) {
  const { flow } = filters;
  return useReport(
    nameOf('advice', { ...filters, by: null }),
    ({ signal }) =>
      answer(api.GET('/v1/analytics/advice', { params: { query: { ...askedOf(filters), flow: flow ?? '' } }, signal })),
    { enabled: flow !== null, everyMs: false },
  );
}
