import { Validator } from '@cfworker/json-schema';
import { findNodeAtLocation, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type FlowCreate, type FlowDefinition, flowCreateSchema, flowDefinitionSchema } from '../../../schemas/flow';

/** One place of a text where it is no definition; lines and columns count from 1. */
export interface TextFault {
  line: number;
  column: number;
  /** Empty where it is no JSON at all. */
  pointer: string;
  kind: 'syntax' | 'shape';
  /** In English, from the reader or from the schema. */
  detail: string;
}

export type ReadText<D = FlowDefinition> = { ok: true; definition: D } | { ok: false; faults: TextFault[] };

/** It interprets the schema, as the pages may not make code from text. */
const validators = {
  draft: new Validator(flowDefinitionSchema as never, '2020-12', false),
  create: new Validator(flowCreateSchema as never, '2020-12', false),
};
/** They only say that something below them does not fit. */
const AROUND = ['properties', 'items', 'if', 'then', 'else', 'additionalProperties', 'false'];

export function textOf(definition: FlowDefinition): string {
  return JSON.stringify(definition, null, 2);
}

/** The definition that the text is, or where it is none. `create`: a new flow's, which may bring its workflow ID. */
export function readDefinition(text: string): ReadText;
export function readDefinition(text: string, as: 'create'): ReadText<FlowCreate>;
export function readDefinition(text: string, as: 'draft' | 'create' = 'draft'): ReadText<FlowCreate> {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const [first] = errors;
  if (first || !tree) {
    const detail = first ? printParseErrorCode(first.error) : 'ValueExpected';
    return { ok: false, faults: [{ ...lineOf(text, first?.offset ?? 0), pointer: '', kind: 'syntax', detail }] };
  }
  const value = JSON.parse(text) as FlowCreate;
  const { valid, errors: misfits } = validators[as].validate(value);
  if (valid) return { ok: true, definition: value };
  const telling = misfits.filter(({ keyword }) => !AROUND.includes(keyword));
  const faults = (telling.length > 0 ? telling : misfits).map(({ instanceLocation, error }): TextFault => {
    const pointer = decodeURIComponent(instanceLocation.replace(/^#/, ''));
    const path = pointer
      .split('/')
      .slice(1)
      .map((token) => (/^\d+$/.test(token) ? Number(token) : token));
    const node = findNodeAtLocation(tree, path) ?? tree;
    return { ...lineOf(text, node.offset), pointer, kind: 'shape', detail: error };
  });
  return { ok: false, faults };
}

function lineOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
