import { type FlowDefinition, isParallel, type Step } from '../schemas/flow';
import { DIFFERENCES } from './diff-sentences';
import { inEnglish, type KeyOf, type Values } from './sentence';

/** One difference between two versions. The pointer (RFC 6901) is into `to`, or into `from` for what was removed. */
export interface Change {
  pointer: string;
  kind: 'added' | 'removed' | 'changed';
  from?: unknown;
  to?: unknown;
  sentence: string;
  /** The sentence as data, by its key in DIFFERENCES. */
  key: string;
  values: Values;
}

/** A branch of a parallel step, from 1. */
interface Branch {
  branch: number;
  parallel: string;
}

/** A step where it stands. `track` tells the flow's own ladder and each branch apart. */
interface Placed {
  name: string;
  pointer: string;
  track: string;
  /** Null: the flow's own ladder. */
  branch: Branch | null;
  position: number;
  /** The step without its branches, which are placed by themselves. */
  fields: Record<string, unknown>;
}

/**
 * What a person sees between two versions: steps are matched by name wherever they stand, so that a step moved reads
 * as a move and not as a removal and an addition.
 */
export function diffFlows(from: FlowDefinition, to: FlowDefinition): Change[] {
  const before = placeSteps(from);
  const after = placeSteps(to);
  return [
    ...diffFields('', headOf(from), headOf(to), null),
    ...removedSteps(before, after),
    ...addedSteps(before, after),
    ...movedSteps(before, after),
    ...changedSteps(before, after),
  ];
}

function headOf(definition: FlowDefinition): Record<string, unknown> {
  const { steps: _steps, ...head } = definition;
  return head;
}

function placeSteps(definition: FlowDefinition): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  const place = (step: Step, pointer: string, branch: Branch | null, position: number): void => {
    const { parallel: _parallel, ...fields } = { parallel: null, ...step };
    const track = branch ? `${branch.branch} ${branch.parallel}` : '';
    placed.set(step.name, { name: step.name, pointer, track, branch, position, fields });
  };
  definition.steps.forEach((step, n) => {
    place(step, `/steps/${n}`, null, n);
    if (!isParallel(step)) return;
    step.parallel.forEach((branch, b) => {
      branch.forEach((inner, m) => {
        place(inner, `/steps/${n}/parallel/${b}/${m}`, { branch: b + 1, parallel: step.name }, m);
      });
    });
  });
  return placed;
}

function said(key: KeyOf<typeof DIFFERENCES>, values: Values): Pick<Change, 'sentence' | 'key' | 'values'> {
  return { sentence: inEnglish(DIFFERENCES, { key, values }), key, values };
}

function removedSteps(before: Map<string, Placed>, after: Map<string, Placed>): Change[] {
  return [...before.values()]
    .filter(({ name }) => !after.has(name))
    .map(({ name, pointer, fields }) => ({
      pointer,
      kind: 'removed',
      from: fields,
      ...said('step.removed', { step: name }),
    }));
}

function addedSteps(before: Map<string, Placed>, after: Map<string, Placed>): Change[] {
  return [...after.values()]
    .filter(({ name }) => !before.has(name))
    .map(({ name, pointer, fields, position, branch }) => ({
      pointer,
      kind: 'added',
      to: fields,
      ...said(branch ? 'step.added.branch' : 'step.added', { step: name, place: position + 1, ...branch }),
    }));
}

function movedSteps(before: Map<string, Placed>, after: Map<string, Placed>): Change[] {
  const changes: Change[] = [];
  const tracks = new Map<string, { was: Placed; is: Placed }[]>();
  for (const is of after.values()) {
    const was = before.get(is.name);
    if (!was) continue;
    if (was.track !== is.track) changes.push(moved(was, is));
    else tracks.set(is.track, [...(tracks.get(is.track) ?? []), { was, is }]);
  }
  for (const pairs of tracks.values()) {
    const kept = longestRising(pairs.map(({ was }) => was.position));
    for (const { was, is } of pairs) if (!kept.has(was.position)) changes.push(moved(was, is));
  }
  return changes;
}

function moved(was: Placed, is: Placed): Change {
  return { pointer: is.pointer, kind: 'changed', from: was.pointer, to: is.pointer, ...moveIn(was, is) };
}

function moveIn(was: Placed, is: Placed): Pick<Change, 'sentence' | 'key' | 'values'> {
  const step = is.name;
  if (was.track === is.track) {
    const places = { placeBefore: was.position + 1, place: is.position + 1 };
    return said(is.branch ? 'step.moved.branch' : 'step.moved', { step, ...places, ...is.branch });
  }
  const left = was.branch && { branchBefore: was.branch.branch, parallelBefore: was.branch.parallel };
  if (!left) return said('step.moved.into', { step, ...is.branch });
  return said(is.branch ? 'step.moved.across' : 'step.moved.out', { step, ...left, ...is.branch });
}

/** The most positions that are still in order: only the others were moved. */
function longestRising(positions: readonly number[]): Set<number> {
  let best: number[] = [];
  const endingAt: number[][] = [];
  for (const position of positions) {
    const before = endingAt.filter((run) => (run.at(-1) ?? -1) < position);
    const longest = before.reduce<number[]>((a, b) => (b.length > a.length ? b : a), []);
    const run = [...longest, position];
    endingAt.push(run);
    if (run.length > best.length) best = run;
  }
  return new Set(best);
}

function changedSteps(before: Map<string, Placed>, after: Map<string, Placed>): Change[] {
  return [...after.values()].flatMap((is) => {
    const was = before.get(is.name);
    return was ? diffFields(is.pointer, was.fields, is.fields, is.name) : [];
  });
}

function diffFields(
  pointer: string,
  from: Record<string, unknown>,
  to: Record<string, unknown>,
  step: string | null,
  path: readonly string[] = [],
): Change[] {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return fields.flatMap((field): Change[] => {
    const was = Object.hasOwn(from, field) ? from[field] : undefined;
    const is = Object.hasOwn(to, field) ? to[field] : undefined;
    const at = `${pointer}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const here = [...path, field];
    if (isRecord(was) && isRecord(is)) return diffFields(at, was, is, step, here);
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [{ pointer: at, ...changeOf(was, is, { ...(step !== null && { step }), field: here }) }];
  });
}

function changeOf(was: unknown, is: unknown, where: Values): Omit<Change, 'pointer'> {
  const tell = (kind: Change['kind'], values: Values) =>
    said('step' in where ? `step.field.${kind}` : `field.${kind}`, { ...where, ...values });
  if (was === undefined) return { kind: 'added', to: is, ...tell('added', { now: shown(is) }) };
  if (is === undefined) return { kind: 'removed', from: was, ...tell('removed', { before: shown(was) }) };
  return { kind: 'changed', from: was, to: is, ...tell('changed', { before: shown(was), now: shown(is) }) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_CHARACTERS = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
