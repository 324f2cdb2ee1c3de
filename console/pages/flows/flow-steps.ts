import { type FlowDefinition, isParallel, type SendStep } from '../../../schemas/flow';
import type { Channel } from '../../../schemas/vocabulary';

/** The steps that send, depth first, as the ladder numbers them. */
export function sendsOf(definition: FlowDefinition): SendStep[] {
  return definition.steps.flatMap((step) => (isParallel(step) ? step.parallel.flat() : [step]));
}

/** The channels from the first rung to the last; those that are sent to at once stand together. */
export function rungsOf(definition: FlowDefinition): Channel[][] {
  return definition.steps.map((step) =>
    isParallel(step) ? [...new Set(step.parallel.flat().map(({ channel }) => channel))] : [step.channel],
  );
}
