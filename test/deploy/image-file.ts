import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './compose-file';

export interface Instruction {
  /** Which FROM it belongs to, from 0. */
  stage: number;
  name: string;
  rest: string;
}

/** The Dockerfile's instructions, each on one line. */
export function imageInstructions(): Instruction[] {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim());
  let stage = -1;
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stage += 1;
    return { stage, name, rest };
  });
}

/** What the image sets by itself. */
export function imageEnvironment(): Record<string, string> {
  const pairs = imageInstructions()
    .filter(({ name }) => name === 'ENV')
    .flatMap(({ rest }) => rest.split(/\s+/))
    .map((pair) => pair.split('=') as [string, string]);
  return Object.fromEntries(pairs);
}
