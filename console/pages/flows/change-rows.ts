import type { Change } from '../../../core/flow-diff';
import { type FlowDefinition, isParallel } from '../../../schemas/flow';

/** One field that differs, as a path of names within the flow or the step. */
export interface FieldChange {
  path: string[];
  kind: Change['kind'];
  before: unknown;
  after: unknown;
}

/** All that differs of one step, or of the flow itself (`step` null). */
export interface ChangeGroup {
  step: string | null;
  /** The step as a whole: new, gone, or in another place. */
  whole: 'added' | 'removed' | 'moved' | null;
  fields: FieldChange[];
}

/** The differences by what they belong to: the flow itself first, then the steps as they come. */
export function changeGroups(changes: readonly Change[], before: FlowDefinition, after: FlowDefinition): ChangeGroup[] {
  const groups = new Map<string | null, ChangeGroup>();
  for (const change of changes) {
    const { kind, from, to } = change;
    const gone = kind === 'removed' && isStep(change.pointer);
    const { step, path } = placeOf(change.pointer, gone ? before : after);
    const group = groups.get(step) ?? { step, whole: null, fields: [] };
    groups.set(step, group);
    if (step !== null && path.length === 0) {
      group.whole = kind === 'changed' ? 'moved' : kind;
      if (kind !== 'changed') group.fields.push(...fieldsOf(kind, (kind === 'added' ? to : from) as object));
      else group.fields.push({ path: ['place'], kind, before: placeWords(from), after: placeWords(to) });
    } else {
      group.fields.push({ path, kind, before: from, after: to });
    }
  }
  const order = [null, ...namesOf(after), ...namesOf(before)];
  return [...groups.values()]
    .map((group) => ({ ...group, fields: group.fields.flatMap(inParts) }))
    .sort((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
}

function namesOf({ steps }: FlowDefinition): string[] {
  return steps.flatMap((step) => [
    step.name,
    ...(isParallel(step) ? step.parallel.flat().map(({ name }) => name) : []),
  ]);
}

/** Fields that are made of fields, which come and go as one. */
const COMPOSED = ['budget', 'quietHours', 'onReason'];

function inParts({ path, kind, before, after }: FieldChange): FieldChange[] {
  const whole = (kind === 'added' ? after : before) ?? {};
  if (kind === 'changed' || path.length > 1 || !COMPOSED.includes(path[0] ?? '') || typeof whole !== 'object') {
    return [{ path, kind, before, after }];
  }
  return fieldsOf(kind, whole).map((field) => ({ ...field, path: [...path, ...field.path] }));
}

const STEP = /^\/steps\/(\d+)(?:\/parallel\/(\d+)\/(\d+))?/;

function isStep(pointer: string): boolean {
  return STEP.exec(pointer)?.[0] === pointer;
}

function placeOf(pointer: string, definition: FlowDefinition): { step: string | null; path: string[] } {
  const found = STEP.exec(pointer);
  const path = pointer
    .slice(found?.[0].length ?? 0)
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (!found) return { step: null, path };
  const outer = definition.steps[Number(found[1])];
  const inner =
    outer && isParallel(outer) && found[2] !== undefined
      ? outer.parallel[Number(found[2])]?.[Number(found[3])]
      : undefined;
  return { step: (inner ?? outer)?.name ?? null, path };
}

/** `/steps/1/parallel/0/2` is place 2.1.3. */
function placeWords(pointer: unknown): string {
  return [...String(pointer).matchAll(/\d+/g)].map(([n]) => Number(n) + 1).join('.');
}

function fieldsOf(kind: 'added' | 'removed', step: object): FieldChange[] {
  return Object.entries(step)
    .filter(([name]) => name !== 'name')
    .map(([name, value]) => ({
      path: [name],
      kind,
      before: kind === 'removed' ? value : undefined,
      after: kind === 'added' ? value : undefined,
    }));
}
