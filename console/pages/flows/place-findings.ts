import type { Fault } from '../../client/problem';

export const PARTS = ['basics', 'channels', 'conditions', 'rules', 'review'] as const;
export type Part = (typeof PARTS)[number];

/** What lint, or the server that refused it, says of one place of a definition. */
export interface Told {
  level: 'error' | 'warning';
  rule: string;
  pointer: string;
  message: string;
  hint?: string | undefined;
  /** The message as data; what the server refused has none. */
  key?: string | undefined;
  values?: object | undefined;
}

export interface Place {
  /** Null: it concerns the flow as a whole, and is shown above every part. */
  part: Exclude<Part, 'review'> | null;
  /** The pointer of the field that shows it; null where the part has none for it. */
  field: string | null;
}

const STEP = /^\/steps\/\d+(\/parallel\/\d+\/\d+)?/;
const BASICS = /^\/(name|purpose|expiresAfterSeconds)$/;
const VARIABLE = /^\/variables\/properties\/[^/]+/;
const RULES =
  /^\/(quietHours\/(from|to|timezone|purposes)|requireConsent|budget\/(maxCostMicros|currency|onExceeded)|callbackProfile)/;

/** Where what is told of a pointer is shown. */
export function placeOfFinding(pointer: string): Place {
  if (BASICS.test(pointer)) return { part: 'basics', field: pointer };
  if (pointer.startsWith('/variables')) return { part: 'basics', field: VARIABLE.exec(pointer)?.[0] ?? '/variables' };
  const rule = RULES.exec(pointer)?.[0];
  if (rule) return { part: 'rules', field: rule };
  if (/^\/(quietHours|budget)/.test(pointer)) return { part: 'rules', field: null };
  const step = STEP.exec(pointer)?.[0];
  return step === undefined ? { part: null, field: null } : placeInStep(step, pointer);
}

function placeInStep(step: string, pointer: string): Place {
  const [, field, inner] = pointer.slice(step.length).split('/');
  switch (field) {
    case 'timeoutSeconds':
    case 'successOn':
    case 'recall':
    case 'require':
      return { part: 'conditions', field: `${step}/${field}` };
    case 'onReason':
      return { part: 'rules', field: inner === undefined ? null : `${step}/onReason/${inner}` };
    case 'name':
    case 'channel':
    case 'provider':
    case 'template':
      return { part: 'channels', field: `${step}/${field}` };
    default:
      return { part: 'channels', field: step };
  }
}

/** What the server refused, as findings: pointers into the definition. */
export function toldOfFaults(faults: readonly Fault[], prefix = ''): Told[] {
  return faults.map(({ pointer, message }) => ({
    level: 'error',
    rule: 'schema',
    pointer: pointer.startsWith(prefix) ? pointer.slice(prefix.length) : pointer,
    message,
  }));
}

/** Said once, though lint and the server both say it. */
export function distinct(told: readonly Told[]): Told[] {
  const seen = new Set<string>();
  return told.filter(({ pointer, message }) => {
    const key = `${pointer} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
