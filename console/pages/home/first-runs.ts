import type { FlowDefinition } from '../../../schemas/flow';

/** What shall become of a first message. */
export const ENDINGS = ['delivered', 'fallsBack', 'lateTwice'] as const;
export type Ending = (typeof ENDINGS)[number];

interface SendStep {
  name: string;
  timeoutSeconds?: number;
}

/** Quick, and slow enough to be watched. */
const ARRIVES = 'accept@300ms,delivered@1200ms';
const FAILS = 'accept@300ms,undelivered:unreachable@1500ms';
/** After the deadline: late enough that the next step has reached the person before. */
const LATE_SECONDS = 3;

/** Every step that sends, in the order of the ladder. */
export function sendSteps(definition: FlowDefinition): SendStep[] {
  return definition.steps.flatMap((step) =>
    'parallel' in step ? (step.parallel as SendStep[][]).flat() : [step as SendStep],
  );
}

/** The sandbox's script for each step. */
export function scriptsFor(ending: Ending, definition: FlowDefinition): Record<string, string> {
  const [first, ...others] = sendSteps(definition);
  if (!first) return {};
  const scripts = Object.fromEntries(others.map(({ name }) => [name, ARRIVES]));
  return { [first.name]: firstScript(ending, first), ...scripts };
}

function firstScript(ending: Ending, { timeoutSeconds = 0 }: SendStep): string {
  if (ending === 'delivered') return ARRIVES;
  return ending === 'fallsBack' ? FAILS : `delivered@${timeoutSeconds + LATE_SECONDS}s`;
}

/** Until the last that is to be seen has happened, in seconds. */
export function secondsOf(ending: Ending, definition: FlowDefinition): number {
  if (ending !== 'lateTwice') return ending === 'delivered' ? 2 : 4;
  return (sendSteps(definition)[0]?.timeoutSeconds ?? 0) + LATE_SECONDS;
}

interface VariableSchema {
  type?: string;
  maxLength?: number;
}

/** The flow's variables with something in each, so that nothing has to be read before the first message goes. */
export function firstVariables(definition: FlowDefinition): Record<string, string> {
  const { properties = {} } = (definition.variables ?? {}) as { properties?: Record<string, VariableSchema> };
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const numeric = schema.type === 'integer' || schema.type === 'number';
      const text = name === 'code' ? '493021' : numeric ? '1' : name;
      return [name, text.slice(0, schema.maxLength ?? text.length)];
    }),
  );
}

/** As the flow's schema wants them: numbers as numbers. */
export function typedVariables(definition: FlowDefinition, texts: Record<string, string>): Record<string, unknown> {
  const { properties = {} } = (definition.variables ?? {}) as { properties?: Record<string, VariableSchema> };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const type = properties[name]?.type;
      return [
        name,
        type === 'integer' || type === 'number' ? Number(text) : type === 'boolean' ? text === 'true' : text,
      ];
    }),
  );
}
