/**
 * The first of `offered` that the client names with the highest weight (RFC 9110, section 12.5.1); the first of all
 * where it names none of them, as an answer in another form is better than none.
 */
export function accepted(header: string | undefined, offered: readonly [string, ...string[]]): string {
  let best: string = offered[0];
  let bestWeight = 0;
  for (const part of (header ?? '').toLowerCase().split(',').slice(0, 50)) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2)) || 0;
    const name = type === '*/*' ? offered[0] : type;
    if (weight > bestWeight && offered.includes(name)) [best, bestWeight] = [name, weight];
  }
  return best;
}
