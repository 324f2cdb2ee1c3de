/** What receipts/reference.ts makes of an attempt. */
const SHAPE = /^inv_[0-9A-Z]{26}\.\d{1,3}\.\d{1,4}\.[\w-]{22}$/;

/**
 * The reference that a provider echoes, where it looks like one of ours; its signature is checked further in. A provider
 * account may be shared with other software, whose own strings must not make a whole batch look forged.
 */
export function referenceIn(echoed: unknown): string | null {
  return typeof echoed === 'string' && SHAPE.test(echoed) ? echoed : null;
}
