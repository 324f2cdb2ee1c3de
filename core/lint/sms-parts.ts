import { SegmentedMessage } from 'sms-segments-calculator';
import type { Channel } from '../../schemas/vocabulary';
import { fillText, textVariables } from '../template-variables';
import { type Finding, finding, type LintSubject, type PlacedStep } from './finding';
import { contentsOf, declaredVariables } from './variables';

/** Beyond this length every text is too long, and the exact number is of no use to anybody. */
const MAX_COUNTED_CHARACTERS = 4_000;
/** With most carriers. */
const SMS_PARTS_MAX = 10;
/** An LMS is one message, of so many bytes of EUC-KR: one for ASCII, two for anything else. */
const LMS_BYTES_MAX = 2_000;

/**
 * An SMS of several parts is billed for each: the parts are counted with every variable as long as it may be. What is too
 * long for its channel is rejected before it is sent. Of an xms its SMS is judged, which is what it is outside Korea.
 */
export function lintSmsParts({ definition, context, steps }: LintSubject): Finding[] {
  const lengths = new Map([...declaredVariables(definition)].map(([name, schema]) => [name, longest(schema)]));
  return steps.flatMap((placed) => {
    const { channel } = placed.step;
    if (channel !== 'sms' && channel !== 'xms' && channel !== 'lms') return [];
    const template = context.templates.get(placed.step.template);
    const texts = template ? contentsOf(template).flatMap(({ text }) => text ?? []) : [];
    const judged = texts.map((text) => judge(text, channel, lengths));
    const [worst] = judged.sort((a, b) => rank(b) - rank(a));
    return worst ? findingOf(placed, worst) : [];
  });
}

function findingOf({ step, pointer }: PlacedStep, { parts, encoding, endless, tooLong }: Parts): Finding[] {
  const { template, channel } = step;
  const at = `${pointer}/template`;
  const kind = channel === 'lms' ? 'lms' : 'sms';
  const most = channel === 'lms' ? LMS_BYTES_MAX : SMS_PARTS_MAX;
  if (tooLong === 'always') return [finding('error', `message-too-long.always.${kind}`, at, { template, most })];
  if (endless !== null) {
    return [finding('warning', `sms-parts.endless.${kind}`, at, { variable: endless, template, most })];
  }
  if (tooLong === 'at_worst') {
    return [finding('warning', `message-too-long.at-worst.${kind}`, at, { template, most })];
  }
  return parts <= 1 ? [] : [finding('warning', 'sms-parts.several', at, { template, count: parts, encoding })];
}

interface Parts {
  parts: number;
  encoding: string;
  /** A variable of no known length. */
  endless: string | null;
  /** Even with empty variables, or with the longest ones. */
  tooLong: 'always' | 'at_worst' | null;
}

/** What is to be told of first. */
function rank({ tooLong, endless, parts }: Parts): number {
  if (tooLong === 'always') return 4_000;
  if (endless !== null) return 3_000;
  return tooLong === null ? parts : 2_000;
}

function judge(text: string, channel: Channel, lengths: ReadonlyMap<string, number | null>): Parts {
  const result = textVariables(text);
  if (!result.ok) return { parts: 0, encoding: '', endless: null, tooLong: null };
  const names = result.variables.map(({ name }) => name).filter((name) => lengths.has(name));
  const endless = names.find((name) => lengths.get(name) === null) ?? null;
  const one = Object.fromEntries(names.map((name) => [name, '0']));
  // Both: an inverted section is there only where its variable is not.
  const shortest = [{}, one].map((values) => measure(fillText(text, values), channel));
  if (shortest.every(({ tooLong }) => tooLong)) return { parts: 0, encoding: '', endless, tooLong: 'always' };
  if (endless !== null) return { parts: 1, encoding: '', endless, tooLong: null };
  const filled = Object.fromEntries(names.map((name) => [name, '0'.repeat(lengths.get(name) ?? 0)]));
  const longest = measure(fillText(text, filled), channel);
  return { ...longest, endless: null, tooLong: longest.tooLong ? 'at_worst' : null };
}

function measure(message: string, channel: Channel): { parts: number; encoding: string; tooLong: boolean } {
  if (channel === 'lms') {
    let bytes = 0;
    for (const character of message) bytes += character.charCodeAt(0) < 0x80 ? 1 : 2;
    return { parts: 1, encoding: 'EUC-KR', tooLong: bytes > LMS_BYTES_MAX };
  }
  // In either alphabet a part has room for 153 characters at most: there is nothing to count.
  if (message.length > SMS_PARTS_MAX * 153) return { parts: SMS_PARTS_MAX + 1, encoding: '', tooLong: true };
  const { segmentsCount, encodingName } = new SegmentedMessage(message);
  return { parts: segmentsCount, encoding: encodingName, tooLong: segmentsCount > SMS_PARTS_MAX };
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
