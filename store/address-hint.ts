/** Enough to know an address that one has, too little to learn one: …4567, a…@example.com. */
export function hintOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at > 0 ? `${address.slice(0, 1)}…${address.slice(at)}` : `…${address.slice(-4)}`;
}
