import { seconds } from '../replay/words';
import type { Candidate } from './candidates';

/** `30 s -> 45 s on “whatsapp”`, `“sms” before “whatsapp”`, `without “sms”`. */
export function headOf({ kind, step, from, to }: Pick<Candidate, 'kind' | 'step' | 'from' | 'to'>): string {
  if (typeof from === 'number' && typeof to === 'number') return `${seconds(from)} -> ${seconds(to)} on “${step}”`;
  if (kind === 'leave_out') return `without “${step}”`;
  const names = to as readonly string[];
  return `“${step}” before “${names[names.indexOf(step) + 1]}”`;
}
