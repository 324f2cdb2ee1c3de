/** Where a verb reads its settings and writes its lines; a test gives its own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Bytes as they are. Resolves once they are taken; false where nobody reads any more. */
  write(bytes: Uint8Array): Promise<boolean>;
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
    write: (bytes) => written(stdout, bytes),
    env,
    width: stdout.isTTY ? stdout.columns : PIPED_WIDTH,
    color: stdout.isTTY === true && !env.NO_COLOR,
  };
}

/** A pipe may be closed by its reader, as `head` does: that is no fault. */
export function written(stream: NodeJS.WritableStream, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? resolve(false) : reject(error));
    // Else the same error would end the process.
    stream.once('error', failed);
    stream.write(bytes, (error) => {
      if (error) return failed(error);
      stream.off('error', failed);
      resolve(true);
    });
  });
}
