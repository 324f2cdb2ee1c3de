import { type FlowDefinition, isParallel, type Step } from '../schemas/flow';

/** One difference between two versions. The pointer (RFC 6901) is into `to`, or into `from` for what was removed. */
export interface Change {
  pointer: string;
  kind: 'added' | 'removed' | 'changed';
  from?: unknown;
  to?: unknown;
  sentence: string;
}

/** A step where it stands. `track` tells the flow's own ladder and each branch apart. */
interface Placed {
  name: string;
  pointer: string;
  track: string;
  trackWords: string;
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
    ...diffFields('', headOf(from), headOf(to), ''),
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
  const place = (step: Step, pointer: string, track: string, trackWords: string, position: number): void => {
    const { parallel: _parallel, ...fields } = { parallel: null, ...step };
    placed.set(step.name, { name: step.name, pointer, track, trackWords, position, fields });
  };
  definition.steps.forEach((step, n) => {
    place(step, `/steps/${n}`, '', 'the ladder', n);
    if (!isParallel(step)) return;
    step.parallel.forEach((branch, b) => {
      branch.forEach((inner, m) => {
        const words = `branch ${b + 1} of “${step.name}”`;
        place(inner, `/steps/${n}/parallel/${b}/${m}`, `${b} ${step.name}`, words, m);
      });
    });
  });
  return placed;
}

function removedSteps(before: Map<string, Placed>, after: Map<string, Placed>): Change[] {
  return [...before.values()]
    .filter(({ name }) => !after.has(name))
    .map(({ name, pointer, fields }) => ({
      pointer,
      kind: 'removed',
      from: fields,
      sentence: `Step “${name}” was removed.`,
    }));
}

function addedSteps(before: Map<string, Placed>, after: Map<string, Placed>): Change[] {
  return [...after.values()]
    .filter(({ name }) => !before.has(name))
    .map(({ name, pointer, fields, position, trackWords }) => ({
      pointer,
      kind: 'added',
      to: fields,
      sentence: `Step “${name}” was added as number ${position + 1} of ${trackWords}.`,
    }));
}

function movedSteps(before: Map<string, Placed>, after: Map<string, Placed>): Change[] {
  const changes: Change[] = [];
  const tracks = new Map<string, { was: Placed; is: Placed }[]>();
  for (const is of after.values()) {
    const was = before.get(is.name);
    if (!was) continue;
    if (was.track !== is.track) {
      changes.push(moved(was, is, `Step “${is.name}” moved from ${was.trackWords} to ${is.trackWords}.`));
    } else {
      tracks.set(is.track, [...(tracks.get(is.track) ?? []), { was, is }]);
    }
  }
  for (const pairs of tracks.values()) {
    const kept = longestRising(pairs.map(({ was }) => was.position));
    for (const { was, is } of pairs) {
      if (kept.has(was.position)) continue;
      const places = `from place ${was.position + 1} to place ${is.position + 1}`;
      changes.push(moved(was, is, `Step “${is.name}” moved ${places} of ${is.trackWords}.`));
    }
  }
  return changes;
}

function moved(was: Placed, is: Placed, sentence: string): Change {
  return { pointer: is.pointer, kind: 'changed', from: was.pointer, to: is.pointer, sentence };
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
    return was ? diffFields(is.pointer, was.fields, is.fields, `Step “${is.name}”: `) : [];
  });
}

function diffFields(
  pointer: string,
  from: Record<string, unknown>,
  to: Record<string, unknown>,
  subject: string,
  path: readonly string[] = [],
): Change[] {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return fields.flatMap((field): Change[] => {
    const was = Object.hasOwn(from, field) ? from[field] : undefined;
    const is = Object.hasOwn(to, field) ? to[field] : undefined;
    const at = `${pointer}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const here = [...path, field];
    if (isRecord(was) && isRecord(is)) return diffFields(at, was, is, subject, here);
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const word = `${subject}${here.join('.')}`;
    if (was === undefined) return [{ pointer: at, kind: 'added', to: is, sentence: `${word} is now ${shown(is)}.` }];
    if (is === undefined) {
      return [{ pointer: at, kind: 'removed', from: was, sentence: `${word} was taken out; it was ${shown(was)}.` }];
    }
    const sentence = `${word} went from ${shown(was)} to ${shown(is)}.`;
    return [{ pointer: at, kind: 'changed', from: was, to: is, sentence }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_CHARACTERS = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
