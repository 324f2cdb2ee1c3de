/** One place that a change touched; undefined: there is nothing there. */
export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

/** What differs between two values as JSON has them, place by place. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (Object.is(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], path ? `${path}.${name}` : name));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  // What is made or removed as a whole is told field by field, too.
  if (isObject(after) && before == null) return differences({}, after, path);
  if (isObject(before) && after == null) return differences(before, {}, path);
  return [{ path, before: before ?? undefined, after: after ?? undefined }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
