import type { FlowDefinition } from '../../../schemas/flow';
import type { Channel, Purpose } from '../../../schemas/vocabulary';
import { newStep } from './edit-definition';

/** What a new flow begins with. */
export const STARTING_POINTS = ['empty', 'whatsappSms', 'pushSmsEmail', 'json'] as const;
export type StartingPoint = (typeof STARTING_POINTS)[number];

/** A flow has one step at least. */
const LADDERS: Record<Exclude<StartingPoint, 'json'>, readonly [Channel, number][]> = {
  empty: [['sms', 60]],
  whatsappSms: [
    ['whatsapp', 30],
    ['sms', 120],
  ],
  pushSmsEmail: [
    ['push', 30],
    ['sms', 120],
    ['email', 3_600],
  ],
};

export function startingDefinition(
  from: Exclude<StartingPoint, 'json'>,
  { name, purpose }: { name: string; purpose: Purpose },
): FlowDefinition {
  const steps: FlowDefinition['steps'] = [];
  for (const [channel, timeoutSeconds] of LADDERS[from]) {
    steps.push({ ...newStep({ steps }, channel), timeoutSeconds });
  }
  return { name, purpose, steps };
}
