import { runProgram } from '../../cli/program';

export interface Ran {
  status: number;
  out: string;
  err: string;
  /** What was written as bytes. */
  bytes?: Buffer;
}

/** One `onward …` in this process, with an environment of its own. */
export async function runVerb(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const written: Uint8Array[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    write: async (bytes: Uint8Array) => {
      written.push(bytes);
      return true;
    },
    env,
    width: 80,
    color: false,
  };
  const status = await runProgram(args, terminal);
  const ran = { status, out: out.join('\n'), err: err.join('\n') };
  return written.length > 0 ? { ...ran, bytes: Buffer.concat(written) } : ran;
}
