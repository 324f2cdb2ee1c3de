import { runProgram } from '../../cli/program';

export interface Ran {
  status: number;
  out: string;
  err: string;
}

/** One `onward …` in this process, with an environment of its own. */
export async function runVerb(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    env,
    width: 80,
    color: false,
  };
  const status = await runProgram(args, terminal);
  return { status, out: out.join('\n'), err: err.join('\n') };
}
