import { tell } from '../replay/tell';
import type { Sentence } from '../sentence';
import type { Candidate } from './candidates';

/** `30 s -> 45 s on “whatsapp”`, `“sms” before “whatsapp”`, `without “sms”`. */
export function headOf({ kind, step, from, to }: Pick<Candidate, 'kind' | 'step' | 'from' | 'to'>): Sentence {
  if (typeof from === 'number' && typeof to === 'number') {
    return tell('head.timeout', { fromSeconds: from, toSeconds: to, step });
  }
  if (kind === 'leave_out') return tell('head.leave_out', { step });
  const names = to as readonly string[];
  return tell('head.order', { step, next: names[names.indexOf(step) + 1] ?? '' });
}
