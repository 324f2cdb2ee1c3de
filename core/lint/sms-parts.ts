import { SegmentedMessage } from 'sms-segments-calculator';
import { fillText, textVariables } from '../template-variables';
import type { Finding, LintSubject } from './finding';
import { contentsOf, declaredVariables } from './variables';

/** An SMS has at most 10 parts with most carriers; beyond this length the exact number is of no use to anybody. */
const MAX_COUNTED_CHARACTERS = 4_000;

/** An SMS of several parts is billed for each: the parts are counted with every variable as long as it may be. */
export function lintSmsParts({ definition, context, steps }: LintSubject): Finding[] {
  const lengths = new Map([...declaredVariables(definition)].map(([name, schema]) => [name, longest(schema)]));
  const findings: Finding[] = [];
  for (const { step, pointer } of steps) {
    const template = step.channel === 'sms' ? context.templates.get(step.template) : undefined;
    const texts = template ? contentsOf(template).flatMap(({ text }) => text ?? []) : [];
    const [worst] = texts.map((text) => judge(text, lengths)).sort((a, b) => b.parts - a.parts);
    if (!worst || (worst.parts <= 1 && worst.endless === null)) continue;
    findings.push({
      level: 'warning',
      rule: 'sms-parts',
      pointer: `${pointer}/template`,
      message:
        worst.endless === null
          ? `With the longest variables “${step.template}” is ${worst.parts} SMS parts (${worst.encoding}), each billed.`
          : `“${worst.endless}” has no maxLength, so “${step.template}” may become any number of SMS parts.`,
      hint: worst.endless === null ? 'Shorten the text or the variables.' : 'Give it a maxLength in the variables.',
    });
  }
  return findings;
}

interface Parts {
  parts: number;
  encoding: string;
  /** A variable of no known length. */
  endless: string | null;
}

function judge(text: string, lengths: ReadonlyMap<string, number | null>): Parts {
  const result = textVariables(text);
  const names = result.ok ? result.variables.map(({ name }) => name).filter((name) => lengths.has(name)) : [];
  const endless = names.find((name) => lengths.get(name) === null) ?? null;
  if (!result.ok || endless !== null) return { parts: endless === null ? 0 : 1, encoding: '', endless };
  const filled = Object.fromEntries(names.map((name) => [name, '0'.repeat(lengths.get(name) ?? 0)]));
  const message = fillText(text, filled).slice(0, MAX_COUNTED_CHARACTERS);
  const { segmentsCount, encodingName } = new SegmentedMessage(message);
  return { parts: segmentsCount, encoding: encodingName, endless: null };
}

/** How many characters a value of that schema has at most; null where nothing bounds it. */
function longest(schema: Record<string, unknown>): number | null {
  const values = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : null;
  if (values) return Math.max(0, ...values.map((value) => String(value).length));
  if (typeof schema.maxLength === 'number') return Math.min(schema.maxLength, MAX_COUNTED_CHARACTERS);
  if (schema.type === 'boolean') return 'false'.length;
  // Past 1e21 a number is written with an exponent; the longest of them has 25 characters.
  if (schema.type === 'integer' || schema.type === 'number') {
    return typeof schema.maximum === 'number' ? Math.max(1, String(schema.maximum).length) : 25;
  }
  if (schema.format === 'date') return 10;
  if (schema.format === 'date-time') return 35;
  return null;
}
