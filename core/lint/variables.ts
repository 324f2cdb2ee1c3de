import type { FlowDefinition } from '../../schemas/flow';
import type { Template, TemplateContent } from '../../schemas/template';
import { contentVariables, type TemplateVariable } from '../template-variables';
import type { Finding, LintSubject, PlacedStep } from './finding';

/** What the templates use against what the flow's `variables` schema gives. */
export function lintVariables(subject: LintSubject): Finding[] {
  const given = declaredVariables(subject.definition);
  const used = new Set<string>();
  const findings: Finding[] = [];
  let allRead = true;
  for (const placed of subject.steps) {
    const template = subject.context.templates.get(placed.step.template);
    if (template) findings.push(...inTemplate(placed, template, given, used));
    else allRead = false;
  }
  // What an unknown template uses nobody can tell.
  if (allRead) findings.push(...unused(given, used));
  findings.push(...optional(subject.definition, given, used));
  return findings;
}

/** The top level of the variables schema: name to its own schema. */
export function declaredVariables(definition: FlowDefinition): ReadonlyMap<string, Record<string, unknown>> {
  const properties = definition.variables?.properties;
  if (!isRecord(properties)) return new Map();
  return new Map(Object.entries(properties).map(([name, schema]) => [name, isRecord(schema) ? schema : {}]));
}

/** A template's contents, of every language. */
export function contentsOf(template: Template): TemplateContent[] {
  return [template.content, ...Object.values(template.locales ?? {})];
}

function inTemplate(
  placed: PlacedStep,
  template: Template,
  given: ReadonlyMap<string, Record<string, unknown>>,
  used: Set<string>,
): Finding[] {
  const pointer = `${placed.pointer}/template`;
  const unmapped = new Set<string>();
  for (const content of contentsOf(template)) {
    const result = contentVariables(content);
    if (!result.ok) {
      const message = `“${template.id}” cannot be read: ${result.message}`;
      return [{ level: 'error', rule: 'template-syntax', pointer, message }];
    }
    for (const variable of result.variables) {
      used.add(variable.name);
      if (!given.has(variable.name) && !isOfItem(variable, given)) unmapped.add(variable.name);
    }
  }
  return [...unmapped].map((name) => ({
    level: 'error',
    rule: 'variable-unmapped',
    pointer,
    message: `“${template.id}” uses {{${name}}}, which the flow's variables do not have.`,
    hint: `Add “${name}” to variables.properties, or take it out of the template.`,
  }));
}

/** Inside `{{#items}}` a name may belong to the item. */
function isOfItem({ section }: TemplateVariable, given: ReadonlyMap<string, Record<string, unknown>>): boolean {
  const type = section === null ? undefined : given.get(section)?.type;
  return type === 'array' || type === 'object';
}

function unused(given: ReadonlyMap<string, unknown>, used: ReadonlySet<string>): Finding[] {
  return [...given.keys()]
    .filter((name) => !used.has(name))
    .map((name) => ({
      level: 'warning',
      rule: 'variable-unused',
      pointer: `/variables/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      message: `No template uses “${name}”.`,
      hint: 'Take it out, or use it in a template.',
    }));
}

/** Left out of an invocation it would be sent as nothing: “Your code is .” */
function optional(
  definition: FlowDefinition,
  given: ReadonlyMap<string, unknown>,
  used: ReadonlySet<string>,
): Finding[] {
  const required = definition.variables?.required;
  return [...used]
    .filter((name) => given.has(name) && !(Array.isArray(required) && required.includes(name)))
    .map((name) => ({
      level: 'warning',
      rule: 'variable-optional',
      pointer: '/variables/required',
      message: `A template uses “${name}”, which an invocation may leave out: its place would be empty.`,
      hint: `Add “${name}” to variables.required.`,
    }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
