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

/** One name of the contract between a flow and whoever invokes it. */
export interface FlowVariable {
  name: string;
  /** The names of the steps whose templates use it. */
  steps: string[];
  /** An invocation that lacks it is refused. */
  required: boolean;
  /** As its schema has it; null where that says nothing, or there is none. */
  type: string | string[] | null;
}

/** What the steps need and the flow declares, in one list: the declared ones first, as they stand in the schema. */
export function flowVariables({ definition, context, steps }: LintSubject): FlowVariable[] {
  const given = declaredVariables(definition);
  const required = requiredNames(definition);
  const users = new Map<string, Set<string>>([...given.keys()].map((name) => [name, new Set()]));
  for (const { step } of steps) {
    const template = context.templates.get(step.template);
    for (const content of template ? contentsOf(template) : []) {
      const result = contentVariables(content);
      for (const variable of result.ok ? result.variables : []) {
        if (!given.has(variable.name) && isOfItem(variable, given)) continue;
        users.set(variable.name, (users.get(variable.name) ?? new Set()).add(step.name));
      }
    }
  }
  return [...users].map(([name, names]) => ({
    name,
    steps: [...names],
    required: required.has(name),
    type: typeOf(given.get(name)),
  }));
}

function typeOf(schema: Record<string, unknown> | undefined): FlowVariable['type'] {
  const type = schema?.type;
  if (typeof type === 'string') return type;
  return Array.isArray(type) ? type.map(String) : null;
}

function requiredNames({ variables }: FlowDefinition): ReadonlySet<unknown> {
  return new Set(Array.isArray(variables?.required) ? variables.required : []);
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
  const required = requiredNames(definition);
  return [...used]
    .filter((name) => given.has(name) && !required.has(name))
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
