/** Keeps a name in one piece, whichever way the sentence around it is written. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
