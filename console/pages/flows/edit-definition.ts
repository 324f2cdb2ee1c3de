import { type FlowDefinition, isParallel, type ParallelStep, type SendStep, type Step } from '../../../schemas/flow';
import type { Channel } from '../../../schemas/vocabulary';

/** Stands where no template was chosen yet: a draft can be kept with it, and lint does not let it be published. */
export const TO_CHOOSE = 'tpl_to_choose';

const TIMEOUT_SECONDS = 60;

/**
 * One change of a definition. Pointers are RFC 6901: a step is at `/steps/0` or, in a branch, at `/steps/0/parallel/1/2`;
 * a track, which steps are moved to, is `/steps` or `/steps/0/parallel/1`. The branch after the last one is a new one.
 */
export type Edit =
  | { kind: 'replace'; definition: FlowDefinition }
  /** Undefined takes the value out. */
  | { kind: 'put'; pointer: string; value: unknown }
  | { kind: 'addStep'; track: string; channel: Channel }
  | { kind: 'addParallel'; channels: readonly [Channel, Channel] }
  | { kind: 'removeStep'; pointer: string }
  /** `index`: the place in the track that it has afterwards. */
  | { kind: 'moveStep'; pointer: string; track: string; index: number };

/** The definition after the change; the one that was given stays as it is. */
export function editDefinition(definition: FlowDefinition, edit: Edit): FlowDefinition {
  if (edit.kind === 'replace') return edit.definition;
  const changed = structuredClone(definition);
  switch (edit.kind) {
    case 'put':
      put(changed, edit.pointer, edit.value);
      break;
    case 'addStep':
      trackAt(changed, edit.track).push(newStep(changed, edit.channel));
      break;
    case 'addParallel':
      changed.steps.push(newParallel(changed, edit.channels));
      break;
    case 'removeStep': {
      const { track, index } = placeOf(edit.pointer);
      trackAt(changed, track).splice(index, 1);
      break;
    }
    case 'moveStep':
      move(changed, edit);
  }
  changed.steps = withoutEmptyBranches(changed.steps);
  return changed.steps.length === 0 ? definition : changed;
}

/** Where a step is after it was moved; a branch that it left empty is gone. */
export function pointerAfterMove(definition: FlowDefinition, edit: Extract<Edit, { kind: 'moveStep' }>): string {
  const name = stepAt(definition, edit.pointer)?.name;
  const after = editDefinition(definition, edit);
  const same = allSteps(after).filter(({ step }) => step.name === name);
  const inTrack = same.find(({ pointer }) => pointer === `${edit.track}/${edit.index}`);
  return (inTrack ?? same[0])?.pointer ?? edit.pointer;
}

export function sameJson(one: unknown, other: unknown): boolean {
  return one === other || settled(one) === settled(other);
}

/** With the fields in one order, whatever order they were written in. */
function settled(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export interface PlacedStep<S extends Step = Step> {
  step: S;
  pointer: string;
}

/** Every step, also those that hold branches, as they stand one below the other. */
export function allSteps({ steps }: Pick<FlowDefinition, 'steps'>): PlacedStep[] {
  return steps.flatMap((step, n) => {
    const pointer = `/steps/${n}`;
    const inner = isParallel(step)
      ? step.parallel.flatMap((branch, b) =>
          branch.map((one, m) => ({ step: one as Step, pointer: `${pointer}/parallel/${b}/${m}` })),
        )
      : [];
    return [{ step, pointer }, ...inner];
  });
}

export function sendSteps(definition: Pick<FlowDefinition, 'steps'>): PlacedStep<SendStep>[] {
  return allSteps(definition).filter((placed): placed is PlacedStep<SendStep> => !isParallel(placed.step));
}

export function stepAt(definition: FlowDefinition, pointer: string): Step | undefined {
  return allSteps(definition).find((placed) => placed.pointer === pointer)?.step;
}

/** The track that a step is in, and its place there. */
export function placeOf(pointer: string): { track: string; index: number } {
  const at = pointer.lastIndexOf('/');
  return { track: pointer.slice(0, at), index: Number(pointer.slice(at + 1)) };
}

/** Where a step can be moved to: the ladder, every branch, and a new branch where there is room. */
export function tracksOf({ steps }: FlowDefinition, branchesMost: number): string[] {
  const branches = steps.flatMap((step, n) => {
    if (!isParallel(step)) return [];
    const count = Math.min(branchesMost, step.parallel.length + 1);
    return Array.from({ length: count }, (_, b) => `/steps/${n}/parallel/${b}`);
  });
  return ['/steps', ...branches];
}

/** What the step's name may be so that no other has it. */
export function freeName(definition: Pick<FlowDefinition, 'steps'>, wanted: string): string {
  const taken = new Set(allSteps(definition).map(({ step }) => step.name));
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted} ${n}`;
  return name;
}

export function newStep(definition: Pick<FlowDefinition, 'steps'>, channel: Channel): SendStep {
  return { name: freeName(definition, channel), channel, template: TO_CHOOSE, timeoutSeconds: TIMEOUT_SECONDS };
}

function newParallel(definition: FlowDefinition, channels: readonly Channel[]): ParallelStep {
  const name = freeName(definition, 'together');
  const parallel: SendStep[][] = [];
  for (const channel of channels) {
    parallel.push([newStep({ steps: [...definition.steps, ...parallel.flat()] }, channel)]);
  }
  return { name, parallel, timeoutSeconds: TIMEOUT_SECONDS };
}

/** The list itself, to be changed. */
function trackAt(definition: FlowDefinition, track: string): Step[] {
  const [, , n, , b] = track.split('/');
  if (n === undefined) return definition.steps;
  const step = definition.steps[Number(n)];
  if (!step || !isParallel(step)) return definition.steps;
  const at = Math.min(Number(b), step.parallel.length);
  const branch = step.parallel[at] ?? [];
  step.parallel[at] = branch;
  return branch;
}

function move(definition: FlowDefinition, { pointer, track, index }: Extract<Edit, { kind: 'moveStep' }>): void {
  const place = placeOf(pointer);
  const source = trackAt(definition, place.track);
  const step = source[place.index];
  // Branches do not hold branches.
  if (!step || (isParallel(step) && track !== '/steps')) return;
  const target = trackAt(definition, track);
  source.splice(place.index, 1);
  target.splice(index, 0, step);
}

function withoutEmptyBranches(steps: readonly Step[]): Step[] {
  return steps.flatMap((step): Step[] => {
    if (!isParallel(step)) return [step];
    const parallel = step.parallel.filter((branch) => branch.length > 0);
    return parallel.length === 0 ? [] : [{ ...step, parallel }];
  });
}

function put(root: object, pointer: string, value: unknown): void {
  const tokens = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = tokens.pop();
  if (last === undefined) return;
  let at = root as Record<string, unknown>;
  for (const token of tokens) {
    const inner = Object.hasOwn(at, token) ? at[token] : undefined;
    if (typeof inner !== 'object' || inner === null) {
      if (value === undefined) return;
      at[token] = {};
    }
    at = at[token] as Record<string, unknown>;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
}
