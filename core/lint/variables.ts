import type { FlowDefinition } from '../../schemas/flow';
import type { Template, TemplateContent } from '../../schemas/template';
import { contentVariables, type TemplateVariable } from '../template-variables';
import { type Finding, finding, type LintSubject, type PlacedStep } from './finding';

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
    if (!result.ok) return [unreadable(template.id, result.message, pointer)];
    for (const variable of result.variables) {
      used.add(variable.name);
      if (!given.has(variable.name) && !isOfItem(variable, given)) unmapped.add(variable.name);
    }
  }
  return [...unmapped].map((name) =>
    finding('error', 'variable-unmapped', pointer, { template: template.id, place: `{{${name}}}`, variable: name }),
  );
}

/** What Mustache and we say of braces that do not match, told apart; of a Mustache to come, as it says it. */
function unreadable(template: string, fault: string, pointer: string): Finding {
  const [, partial] = /^(\{\{> .*\}\}): a template cannot include another\.$/s.exec(fault) ?? [];
  if (partial !== undefined) {
    return finding('error', 'template-syntax.partial', pointer, { template, place: partial });
  }
  const [, tagAt] = /^Unclosed tag at (\d+)$/.exec(fault) ?? [];
  if (tagAt !== undefined) return finding('error', 'template-syntax.open-tag', pointer, { template, at: tagAt });
  const [, kind, section, at] = /^(Unclosed|Unopened) section "(.*)" at (\d+)$/s.exec(fault) ?? [];
  if (section === undefined || at === undefined) {
    return finding('error', 'template-syntax.other', pointer, { template, fault });
  }
  const key = kind === 'Unclosed' ? 'template-syntax.open-section' : 'template-syntax.unopened-section';
  return finding('error', key, pointer, { template, section, at });
}

/** Inside `{{#items}}` a name may belong to the item. */
function isOfItem({ section }: TemplateVariable, given: ReadonlyMap<string, Record<string, unknown>>): boolean {
  const type = section === null ? undefined : given.get(section)?.type;
  return type === 'array' || type === 'object';
}

function unused(given: ReadonlyMap<string, unknown>, used: ReadonlySet<string>): Finding[] {
  return [...given.keys()]
    .filter((name) => !used.has(name))
    .map((name) => {
      const pointer = `/variables/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return finding('warning', 'variable-unused', pointer, { variable: name });
    });
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
    .map((name) => finding('warning', 'variable-optional', '/variables/required', { variable: name }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
