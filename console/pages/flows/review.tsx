import type { FlowDefinition } from '../../../schemas/flow';

/** The last part of the wizard: the ladder drawn, what it comes to, the simulation, and publishing. */
export function Review(_given: { flowId: string; definition: FlowDefinition; etag: string; dirty: boolean }) {
  return null;
}
