import { ulid } from 'ulid';
import type { FlowDefinition } from '../schemas/flow';
import type { Flow } from './contract';

/** A flow that has a draft and was never published. @param workflowId null: one is made */
export function newFlow(definition: FlowDefinition, workflowId: string | null, now: number): Flow {
  return {
    id: `flw_${ulid(now)}`,
    workflowId: workflowId ?? `wf_${ulid(now)}`,
    name: definition.name,
    draft: definition,
    draftRevision: 1,
    publishedVersion: null,
    latestVersion: 0,
    createdAt: now,
    updatedAt: now,
  };
}
