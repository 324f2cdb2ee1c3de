const KNOWN_LIMIT = 2000;
const known = new Map<string, boolean>();

/** Whether it is an IANA zone such as Europe/Rome; an offset is none, as it does not say when summer time begins. */
export function isTimeZone(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= KNOWN_LIMIT) known.clear();
  const answer = /^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name) && isKnownToIntl(name);
  known.set(name, answer);
  return answer;
}

function isKnownToIntl(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
