import { parseSandboxScript, type SandboxScript } from '../../schemas/sandbox-script';

/** Scripts seen before: the same few come again and again. */
const SCRIPTS_HELD = 1_000;

export interface Script extends SandboxScript {
  /** As it was written. */
  text: string;
}

const parsed = new Map<string, Script>();

/** Scripts were checked at the invocation: one that cannot be read here is a bug of ours. */
export function parse(text: string): Script {
  const held = parsed.get(text);
  if (held) return held;
  const result = parseSandboxScript(text);
  if (!result.ok) throw new TypeError(result.message);
  if (parsed.size >= SCRIPTS_HELD) parsed.clear();
  const script = { ...result.script, text };
  parsed.set(text, script);
  return script;
}
