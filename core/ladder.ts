import { type FlowDefinition, isParallel, type ParallelStep, type SendStep, type Step } from '../schemas/flow';
import type { Action, Channel, Mode, Provider, Purpose, Reason, SuccessStatus } from '../schemas/vocabulary';
import type { ProviderCatalog, ProviderFacts, StatusPolicy } from './provider-facts';

/** No step: the end of a track, or the parent of a step on the main track. */
export const NONE = -1;

interface RungBase {
  /** Counted depth first from 0; a parallel step counts before its branches. */
  index: number;
  name: string;
  timeoutMs: number;
  /** The step after this one on the same track, or NONE. */
  next: number;
  /** The parallel step this one stands in, and which of its branches; NONE on the main track. */
  parent: number;
  branch: number;
}

export interface SendRung extends RungBase {
  kind: 'send';
  channel: Channel;
  template: string;
  successOn: SuccessStatus;
  onReason: Partial<Record<Reason, Action>>;
  /** Who carries it, in order: the next one takes over where the one before surely did not send. At least one. */
  routes: readonly SendRoute[];
}

/** One provider that may carry a step, with what the core judges by. */
export interface SendRoute {
  provider: Provider;
  /** One account of that provider; null: its default one. */
  account: string | null;
  /** Its messages are taken back before the next step: the step asks for it and the provider can. */
  recall: boolean;
  /** It can be asked whether it has a message. */
  lookup: boolean;
  /** It can be asked what became of a message: so it is, once, before a timeout moves on. */
  reconcile: boolean;
  policy: StatusPolicy;
  /** What one send is reckoned at. */
  costMicros: number;
}

export interface ParallelRung extends RungBase {
  kind: 'parallel';
  /** The first step of each branch. */
  branches: number[];
  require: 'any' | 'all';
}

export type Rung = SendRung | ParallelRung;

/**
 * The edition of the core's rules. A host that decides again what it decided before (Temporal replays) must decide the
 * same: a change of what is decided raises this number and is guarded by `ladder.rules`, so that a run stays on the
 * edition that it began with. test/histories/ holds us to that.
 */
export const RULES_EDITION = 1;

/** One published version of a flow, flattened for the core. Immutable and shared by all of its invocations. */
export interface Ladder {
  /** See RULES_EDITION. */
  rules: number;
  flowId: string;
  workflowId: string;
  version: number;
  mode: Mode;
  purpose: Purpose;
  rungs: readonly Rung[];
  indexByName: ReadonlyMap<string, number>;
  expiresAfterMs: number | null;
  budget: FlowDefinition['budget'] | null;
  /** Null where the flow's purpose is not subject to quiet hours. */
  quietHours: { from: string; to: string; timezone: string } | null;
  requireConsent: boolean;
  currency: string;
}

export interface FlowIdentity {
  flowId: string;
  workflowId: string;
  version: number;
  mode: Mode;
}

/** Purposes that quiet hours hold back unless the flow says which. */
export const QUIET_PURPOSES: readonly Purpose[] = ['followup', 'marketing'];

/**
 * Flattens a definition. In test mode every step goes to the sandbox, whatever provider it names.
 * @throws when the definition names two steps alike: a definition is linted before it comes here.
 */
export function compileLadder(definition: FlowDefinition, identity: FlowIdentity, catalog: ProviderCatalog): Ladder {
  const rungs: Rung[] = [];
  addTrack(rungs, definition.steps, NONE, NONE, (step) => routesFor(step, identity.mode, catalog));
  const indexByName = new Map(rungs.map((rung) => [rung.name, rung.index]));
  if (indexByName.size !== rungs.length) throw new Error('step names are not unique');
  const quiet = definition.quietHours;
  const quietApplies = quiet && (quiet.purposes ?? QUIET_PURPOSES).includes(definition.purpose);
  return {
    rules: RULES_EDITION,
    ...identity,
    purpose: definition.purpose,
    rungs,
    indexByName,
    expiresAfterMs: definition.expiresAfterSeconds === undefined ? null : definition.expiresAfterSeconds * 1000,
    budget: definition.budget ?? null,
    quietHours: quietApplies ? { from: quiet.from, to: quiet.to, timezone: quiet.timezone ?? 'recipient' } : null,
    requireConsent: definition.requireConsent ?? false,
    currency: currencyOf(definition, catalog),
  };
}

/** What a flow reckons in. */
export function currencyOf({ budget }: Pick<FlowDefinition, 'budget'>, catalog: ProviderCatalog): string {
  return budget?.currency ?? catalog.sandbox?.currency ?? 'EUR';
}

/** Whom a step names, in order. In test mode the sandbox alone, whoever it names. */
export function carriersOf(step: SendStep, mode: Mode): Carrier[] {
  const named = mode === 'test' ? [] : [step.provider ?? []].flat();
  return named.length > 0 ? named.map(parseCarrier) : [SANDBOX];
}

export interface Carrier {
  provider: Provider;
  account: string | null;
}

const SANDBOX: Carrier = { provider: 'sandbox', account: null };

/** `twilio`, or `twilio:pac_eu` for one of its accounts: the schema lets nothing else in. */
function parseCarrier(name: string): Carrier {
  const [provider = '', account = null] = name.split(':');
  return { provider: provider as Provider, account };
}

/** What an account declares of itself, else what its provider does. */
export function factsOf(catalog: ProviderCatalog, { provider, account }: Carrier): ProviderFacts | undefined {
  return (account === null ? undefined : catalog[`${provider}:${account}`]) ?? catalog[provider];
}

/** See `factsBehind`. */
export type FactsBehind = readonly (ProviderFacts | undefined)[];

/** What the routes of a ladder were made from, in order; once one is another, the ladder is not what it would be now. */
export function factsBehind({ rungs }: Ladder, catalog: ProviderCatalog): FactsBehind {
  const routes = rungs.flatMap((rung) => (rung.kind === 'send' ? rung.routes : []));
  return routes.map((route) => factsOf(catalog, route));
}

/** Whether it would be made from the same facts now. */
export function isMadeFrom(facts: FactsBehind, ladder: Ladder, catalog: ProviderCatalog): boolean {
  const now = factsBehind(ladder, catalog);
  return facts.every((one, index) => one === now[index]);
}

function routesFor(step: SendStep, mode: Mode, catalog: ProviderCatalog): SendRoute[] {
  return carriersOf(step, mode).map((carrier) => {
    const facts = factsOf(catalog, carrier);
    return {
      ...carrier,
      recall: (step.recall ?? false) && (facts?.recall ?? false),
      lookup: facts?.lookup ?? false,
      reconcile: facts?.reconcile ?? false,
      policy: facts?.statusPolicy ?? 'success_wins',
      costMicros: facts?.costMicros[step.channel] ?? 0,
    };
  });
}

function addTrack(
  rungs: Rung[],
  steps: readonly Step[],
  parent: number,
  branch: number,
  routes: (step: SendStep) => SendRoute[],
): number {
  const first = rungs.length;
  let previous: Rung | null = null;
  for (const step of steps) {
    const base = { index: rungs.length, name: step.name, next: NONE, parent, branch };
    if (previous) previous.next = base.index;
    const rung = isParallel(step) ? parallelRung(step, base) : sendRung(step, base, routes(step));
    rungs.push(rung);
    if (isParallel(step) && rung.kind === 'parallel') {
      rung.branches = step.parallel.map((steps, b) => addTrack(rungs, steps, rung.index, b, routes));
    }
    previous = rung;
  }
  return first;
}

type Placed = Omit<RungBase, 'timeoutMs'>;

function parallelRung(step: ParallelStep, base: Placed): ParallelRung {
  return {
    ...base,
    kind: 'parallel',
    timeoutMs: step.timeoutSeconds * 1000,
    branches: [],
    require: step.require ?? 'any',
  };
}

function sendRung(step: SendStep, base: Placed, routes: SendRoute[]): SendRung {
  return {
    ...base,
    kind: 'send',
    timeoutMs: step.timeoutSeconds * 1000,
    channel: step.channel,
    template: step.template,
    successOn: step.successOn ?? 'delivered',
    onReason: step.onReason ?? {},
    routes,
  };
}

/** @throws RangeError where the step has no such route */
export function routeAt(rung: SendRung, index: number): SendRoute {
  const route = rung.routes[index];
  if (!route) throw new RangeError(`“${rung.name}” has no route ${index}`);
  return route;
}

export function rungAt(ladder: Ladder, index: number): Rung {
  const rung = ladder.rungs[index];
  if (!rung) throw new RangeError(`no step ${index}`);
  return rung;
}

/** The send step of that name or number, or null where the flow has none. */
export function sendRungOf(ladder: Ladder, step: string | number): SendRung | null {
  const index = typeof step === 'number' ? step : ladder.indexByName.get(step);
  const rung = index === undefined ? undefined : ladder.rungs[index];
  return rung?.kind === 'send' ? rung : null;
}
