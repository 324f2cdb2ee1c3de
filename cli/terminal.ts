/** Where a verb reads its settings and writes its lines; a test gives its own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  env: Readonly<Record<string, string | undefined>>;
  /** Columns. */
  width: number;
  color: boolean;
}

const PIPED_WIDTH = 80;

/** The process's own. Colour on a terminal only, and never with NO_COLOR set (https://no-color.org). */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    env,
    width: stdout.isTTY ? stdout.columns : PIPED_WIDTH,
    color: stdout.isTTY === true && !env.NO_COLOR,
  };
}
