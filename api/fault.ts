/** What a log may hold of an error: where it came from, and nothing of the request that met it. */
export function faultOf(error: unknown): { name: string; message: string; stack: string | undefined } {
  const { name, message, stack } = error instanceof Error ? error : new Error('something that is no Error was thrown');
  return { name, message, stack };
}
