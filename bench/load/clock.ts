/**
 * The time of day in ms since 1970 with fractions, on the clock that the server's own times are taken from (which are
 * whole ms). Set once a trial, at a tick of that clock.
 */
export function preciseClock(): () => number {
  const before = Date.now();
  let tick = Date.now();
  while (tick === before) tick = Date.now();
  const offset = tick - performance.now();
  return () => offset + performance.now();
}
