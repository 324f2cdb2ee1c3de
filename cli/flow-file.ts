import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FlowCreate, type FlowDefinition, flowCreateSchema } from '../schemas/flow';
import { type Template, type TemplateWrite, templateWriteSchema } from '../schemas/template';
import { type Validator, validator } from '../schemas/validate';
import { Complaint } from './complaint';
import { readJson } from './json-file';

/** A flow that stands in a file, as those under examples/ do. */
export interface FlowFile {
  workflowId: string | undefined;
  definition: FlowDefinition;
  templates: TemplateWrite[];
}

const flowOf = validator<FlowCreate>(flowCreateSchema, 'a flow file');
const templatesOf = validator<TemplateWrite[]>({ type: 'array', items: templateWriteSchema }, 'a template file');

/** A verb's argument that names a file and not a flow on the server. */
export function isFile(argument: string): boolean {
  return argument.endsWith('.json') || existsSync(argument);
}

/**
 * Reads a flow and its templates: those of `templatesFile`, else of a templates.json beside it, else none.
 * @throws Complaint with a pointer for each place that does not meet the schema
 */
export function readFlowFile(file: string, templatesFile?: string): FlowFile {
  const { workflowId, ...definition } = checked(file, flowOf);
  const beside = join(dirname(file), 'templates.json');
  const from = templatesFile ?? (existsSync(beside) ? beside : null);
  return { workflowId, definition, templates: from === null ? [] : checked(from, templatesOf) };
}

function checked<T>(file: string, validate: Validator<T>): T {
  const result = validate(readJson<unknown>(file));
  if (result.ok) return result.value;
  const lines = result.errors.map(({ pointer, message }) => `  ${pointer === '' ? '(file)' : pointer}: ${message}`);
  throw new Complaint(`${file} does not meet the schema.`, 1, lines);
}

/** As they would stand on a server that has approved them all. */
export function approvedTemplates(templates: readonly TemplateWrite[]): Map<string, Template> {
  const at = new Date(0).toISOString();
  return new Map(
    templates.flatMap((template) =>
      template.id
        ? [[template.id, { ...template, id: template.id, status: 'approved', createdAt: at, updatedAt: at }]]
        : [],
    ),
  );
}
