import { FLOW_LIMITS, type FlowDefinition, isParallel } from '../schemas/flow';
import type { FieldError } from '../schemas/problem';
import { checkVariablesSchema } from '../schemas/variables-schema';
import { isTimeZone } from './time-zone';

/** What the definition's own schema cannot tell and no draft may hold; `lint` judges the rest at publish. */
export function judgeDefinition(definition: FlowDefinition): FieldError[] {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > FLOW_LIMITS.definitionBytes) {
    return [{ pointer: '', message: `The definition has ${bytes} bytes; at most ${FLOW_LIMITS.definitionBytes}.` }];
  }
  const errors: FieldError[] = [];
  if (definition.variables !== undefined) {
    for (const { pointer, message } of checkVariablesSchema(definition.variables)) {
      errors.push({ pointer: `/variables${pointer}`, message });
    }
  }
  const zone = definition.quietHours?.timezone;
  if (zone !== undefined && zone !== 'recipient' && !isTimeZone(zone)) {
    const message = '“timezone” must be “recipient” or an IANA zone, such as Europe/Rome.';
    errors.push({ pointer: '/quietHours/timezone', message });
  }
  return errors;
}

/** Step names in any branch that stand more than once: such a definition cannot be compiled. */
export function hasTwinSteps(definition: FlowDefinition): boolean {
  const names = definition.steps.flatMap((step) =>
    isParallel(step) ? [step.name, ...step.parallel.flat().map(({ name }) => name)] : [step.name],
  );
  return new Set(names).size < names.length;
}
