import { type Advice, advise, type Suggestion } from '../core/advice';
import { compileLadder, type Ladder } from '../core/ladder';
import { type WhatIf, whatIf } from '../core/replay';
import type { Figures } from '../core/replay/figures';
import {
  type AdviceQuery,
  adviceQuerySchema,
  adviceSchema,
  type ReplayRequest,
  replayedSchema,
  replaySchema,
} from '../schemas/advice';
import type { FlowDefinition } from '../schemas/flow';
import { outOfScope } from './flow-scope';
import { definitionOf } from './flow-trial';
import { flowOf } from './flows';
import { hasTwinSteps } from './judge-definition';
import { modeOf } from './mode';
import { invalid, notFound, unavailable } from './problem';
import { type FlowSample, questionOf, readSample, type SampleQuestion } from './recorded-sample';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { inSlices, type LongWork, longWork } from './slices';

const ANALYTICS_VIEW = { resource: 'analytics', level: 'VIEW' } as const;
/** How long an answer is given again, and how many of them are kept. */
const KEPT_MS = 60_000;
const KEPT_MOST = 32;
const RETRY_AFTER_SECONDS = 10;

/** What recorded runs say of other ladders: advice, and the replay of a draft. */
export function adviceRoutes(services: Services): Route[] {
  const work = longWork(services.now, KEPT_MS, KEPT_MOST);
  return [
    route<unknown, AdviceQuery>({
      method: 'GET',
      path: '/v1/analytics/advice',
      summary: 'What another timeout, another order or a step less would have done, by the recorded runs',
      tag: 'analytics',
      access: ANALYTICS_VIEW,
      query: adviceQuerySchema,
      responses: { 200: adviceSchema },
      handle: (request) => advice(services, work, request),
    }),
    route<ReplayRequest>({
      method: 'POST',
      path: '/v1/flows/{id}/replay',
      summary: 'Play recorded runs on the draft, a version or a definition, and say what differs',
      tag: 'analytics',
      access: ANALYTICS_VIEW,
      body: replaySchema,
      bodyOptional: true,
      responses: { 200: replayedSchema },
      handle: (request) => replay(services, work, request),
    }),
  ];
}

async function advice(
  services: Services,
  work: LongWork,
  { query, caller }: ApiRequest<unknown, AdviceQuery>,
): Promise<ApiResponse> {
  const mode = modeOf(caller, query.mode);
  if (!mode.ok) return mode.response;
  const flow = await services.store.flows.get(query.flow);
  if (!flow) return notFound('This flow', 'GET /v1/flows lists the flows.');
  const outside = outOfScope(caller, flow.id);
  if (outside) return outside;
  const { version, from, to, step = null } = query;
  const asked = await questionOf(services, flow, { version, from, to, mode: mode.mode });
  if (!asked.ok) return asked.response;
  const { question } = asked;
  if (step !== null && !question.definition.steps.some(({ name }) => name === step)) {
    return invalid([{ pointer: '/query/step', message: `“${step}” is no step of the main ladder.` }]);
  }
  return answer(work, ['advice', ...nameOf(question), step], async () => {
    const found = await readSample(services, question);
    const { definition } = question;
    const compile = (one: FlowDefinition) => ladderFor(services, question, one);
    return adviceView(found, await inSlices(advise({ sample: found.sample, definition, compile, step })));
  });
}

async function replay(services: Services, work: LongWork, request: ApiRequest<ReplayRequest>): Promise<ApiResponse> {
  const { body, caller } = request;
  const mode = modeOf(caller, body.mode);
  if (!mode.ok) return mode.response;
  const found = await flowOf(services, request);
  if (!found.ok) return found.response;
  const subject = await definitionOf(services, found.flow, body);
  if (!subject.ok) return subject.response;
  const { definition } = subject;
  if (hasTwinSteps(definition)) {
    return invalid([{ pointer: '/steps', message: 'Two steps have the same name: give each its own.' }]);
  }
  const { baseline, from, to } = body;
  const asked = await questionOf(services, found.flow, { version: baseline, from, to, mode: mode.mode });
  if (!asked.ok) return asked.response;
  const { question } = asked;
  return answer(work, ['replay', ...nameOf(question), definition], async () => {
    const read = await readSample(services, question);
    return replayView(read, await inSlices(whatIf(read.sample, ladderFor(services, question, definition))));
  });
}

function nameOf({ flow, version, mode, from, to }: SampleQuestion): unknown[] {
  return [flow.id, version, mode, from, to];
}

function ladderFor({ catalog }: Services, { flow, version, mode }: SampleQuestion, definition: FlowDefinition): Ladder {
  return compileLadder(definition, { flowId: flow.id, workflowId: flow.workflowId, version, mode }, catalog);
}

async function answer(work: LongWork, name: unknown[], make: () => Promise<object>): Promise<ApiResponse> {
  const promised = work.do(JSON.stringify(name), make);
  if (!promised) return unavailable('Too many such questions are being worked on.', RETRY_AFTER_SECONDS);
  return { status: 200, body: await promised };
}

function adviceView({ sample, about }: FlowSample, found: Advice): object {
  const { baseline, withinMs, suggestions, latency, notes, noteSentences, sentence, key, values } = found;
  return {
    ...about,
    withinSeconds: withinMs / 1000,
    baseline: figuresView(baseline, sample.ladder.currency),
    suggestions: suggestions.map(suggestionView),
    latency,
    ...{ notes, noteSentences, sentence, key, values },
  };
}

function suggestionView({
  kind,
  step,
  from,
  to,
  effect,
  runs,
  estimatedShare,
  confidence,
  sentence,
  key,
  values,
}: Suggestion): object {
  return { kind, step, from, to, effect, runs, estimatedShare, confidence, sentence, key, values };
}

function replayView({ sample, about }: FlowSample, found: WhatIf): object {
  const { withinMs, baseline, draft, ...rest } = found;
  const { currency } = sample.ladder;
  const views = { baseline: figuresView(baseline, currency), draft: figuresView(draft, currency) };
  return { ...about, withinSeconds: withinMs / 1000, ...views, ...rest };
}

function figuresView(figures: Figures, currency: string): object {
  return { ...figures, currency };
}
