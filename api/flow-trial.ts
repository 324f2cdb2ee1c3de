import { addressFor } from '../core/address';
import { worstCase } from '../core/cost';
import { compileLadder, type Ladder, type SendRung } from '../core/ladder';
import { lint, variablesOf } from '../core/lint';
import type { Finding, LintContext } from '../core/lint/finding';
import { pricedLadder } from '../core/prices';
import { simulate } from '../core/simulate';
import { invocationView } from '../core/view';
import { toWire } from '../core/wire';
import { type FlowDefinition, isParallel } from '../schemas/flow';
import {
  type LintRequest,
  lintAnswerSchema,
  lintRequestSchema,
  type Simulate,
  simulatedSchema,
  simulateSchema,
} from '../schemas/flow-requests';
import type { Recipient, WorstCase } from '../schemas/invocation';
import { parseSandboxScript, type SandboxScript } from '../schemas/sandbox-script';
import type { Template } from '../schemas/template';
import { compileVariables } from '../schemas/variables-schema';
import type { Flow } from '../store/contract';
import { FLOW_VIEW, flowOf } from './flows';
import { unaddressableSteps } from './invoke';
import { hasTwinSteps, judgeDefinition } from './judge-definition';
import { recipientErrors, scriptErrors, settledRecipient } from './judge-invocation';
import { pricingOf } from './pricing';
import { invalid, notFound } from './problem';
import { type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

/** What changes nothing: lint and simulate. Of the draft, a version, or a definition that is not stored yet. */
export function flowTrialRoutes(services: Services): Route[] {
  return [
    route<LintRequest>({
      method: 'POST',
      path: '/v1/flows/{id}/lint',
      summary: 'What is wrong or doubtful in it',
      tag: 'flows',
      access: FLOW_VIEW,
      body: lintRequestSchema,
      bodyOptional: true,
      responses: { 200: lintAnswerSchema },
      async handle(request) {
        const found = await flowOf(services, request);
        if (!found.ok) return found.response;
        const subject = await definitionOf(services, found.flow, request.body);
        if (!subject.ok) return subject.response;
        return { status: 200, body: await lintAnswer(services, found.flow, subject.definition) };
      },
    }),
    route<Simulate>({
      method: 'POST',
      path: '/v1/flows/{id}/simulate',
      summary: 'Play it on a virtual clock; nothing is sent',
      tag: 'flows',
      access: FLOW_VIEW,
      body: simulateSchema,
      bodyOptional: true,
      responses: { 200: simulatedSchema },
      async handle(request) {
        const found = await flowOf(services, request);
        if (!found.ok) return found.response;
        const subject = await definitionOf(services, found.flow, request.body);
        if (!subject.ok) return subject.response;
        return play(services, found.flow, subject.definition, request.body);
      },
    }),
  ];
}

type Subject = { ok: true; definition: FlowDefinition } | { ok: false; response: ApiResponse };

/** What a trial is of: the definition that it brings, a version, else the draft. */
export async function definitionOf(
  services: Services,
  flow: Flow,
  { definition, version }: LintRequest,
): Promise<Subject> {
  if (definition) {
    const errors = judgeDefinition(definition);
    if (errors.length === 0) return { ok: true, definition };
    const placed = errors.map((error) => ({ ...error, pointer: `/definition${error.pointer}` }));
    return { ok: false, response: invalid(placed) };
  }
  if (version === undefined) return { ok: true, definition: flow.draft };
  const found = await services.store.flows.version(flow.id, version);
  return found ? { ok: true, definition: found.definition } : { ok: false, response: notFound(`Version ${version}`) };
}

/** Errors first; an error blocks publishing. */
export async function lintFindings(services: Services, definition: FlowDefinition): Promise<Finding[]> {
  return lint(definition, await lintContext(services, definition));
}

async function lintContext(services: Services, definition: FlowDefinition): Promise<LintContext> {
  const { store, catalog } = services;
  const names = definition.steps.flatMap((step) => (isParallel(step) ? step.parallel.flat() : [step]));
  const templates = new Map<string, Template>();
  for (const id of new Set(names.map(({ template }) => template))) {
    const template = await store.templates.get(id);
    if (template) templates.set(id, template);
  }
  const accounts = new Set(services.providers.all().map(({ provider }) => provider as string));
  const callbackProfiles = await namedProfiles(services, definition);
  return { catalog, templates, pricing: await pricingOf(services), accounts, callbackProfiles };
}

async function namedProfiles({ store }: Services, { callbackProfile }: FlowDefinition): Promise<Set<string>> {
  const profile = callbackProfile === undefined ? null : await store.callbackProfiles.get(callbackProfile);
  return new Set(profile ? [profile.id] : []);
}

async function lintAnswer(services: Services, flow: Flow, definition: FlowDefinition): Promise<object> {
  const context = await lintContext(services, definition);
  const findings = lint(definition, context);
  const errors = findings.filter(({ level }) => level === 'error').length;
  const reckoned = hasTwinSteps(definition) ? null : await worstCaseOf(services, flow, definition);
  const variables = variablesOf(definition, context);
  return { findings, errors, warnings: findings.length - errors, worstCase: reckoned, variables };
}

/** For nobody in particular: by the prices for all countries. */
async function worstCaseOf(services: Services, flow: Flow, definition: FlowDefinition): Promise<WorstCase> {
  const ladder = ladderOf(services, flow, definition, 'live');
  return worstCase(ladder, pricedLadder(ladder, { ...(await pricingOf(services)), country: null }));
}

function ladderOf({ catalog }: Services, flow: Flow, definition: FlowDefinition, mode: 'live' | 'test'): Ladder {
  const identity = { flowId: flow.id, workflowId: flow.workflowId, version: Math.max(1, flow.latestVersion), mode };
  return compileLadder(definition, identity, catalog);
}

function play(services: Services, flow: Flow, definition: FlowDefinition, body: Simulate): ApiResponse {
  if (hasTwinSteps(definition)) {
    return invalid([{ pointer: '/steps', message: 'Two steps have the same name: give each its own.' }]);
  }
  const ladder = ladderOf(services, flow, definition, 'test');
  const sends = ladder.rungs.filter((rung): rung is SendRung => rung.kind === 'send');
  const errors = [
    ...(body.variables ? compileVariables(definition.variables)(body.variables) : []),
    ...(body.recipient ? recipientErrors(body.recipient, 'test') : []),
    ...scriptErrors({ ladder }, body.sandbox),
  ];
  if (errors.length > 0) return invalid(errors);
  const startAt = body.startAt === undefined ? services.now() : Date.parse(body.startAt);
  const { state, events } = simulate(ladder, scriptsOf(services, sends, body), {
    startAt,
    unaddressable: body.recipient ? unaddressableSteps({ sends }, body.recipient) : [],
    timezone: body.recipient?.timezone ?? null,
  });
  const view = invocationView(state, { id: '', externalId: null, metadata: null, createdAt: startAt });
  const { status, reachedStep, reachedChannel, costMicros, currency, attempts } = view;
  const durationMs = state.endedAt === null ? null : state.endedAt - startAt;
  const wire = events.map((event) => toWire(event, ladder));
  return {
    status: 200,
    body: { status, reachedStep, reachedChannel, costMicros, currency, durationMs, attempts, events: wire },
  };
}

/** The scripts that were given, and those that the recipient's number stands for. */
function scriptsOf(services: Services, sends: readonly SendRung[], body: Simulate): Record<string, SandboxScript> {
  const scripts: Record<string, SandboxScript> = {};
  for (const rung of sends) {
    const text = body.sandbox?.[rung.name] ?? numberScript(services, rung, body.recipient);
    const parsed = text === null ? null : parseSandboxScript(text);
    if (parsed?.ok) scripts[rung.name] = parsed.script;
  }
  return scripts;
}

function numberScript(services: Services, rung: SendRung, recipient: Recipient | undefined): string | null {
  const address = recipient ? addressFor(rung.channel, settledRecipient(recipient, 'test')) : null;
  if (address === null) return null;
  return services.sandbox.scriptOf?.(address, rung.timeoutMs / 1000) ?? null;
}
