import type { Invoke } from '../../../schemas/invocation';
import { answer, api } from '../../client/api';

/** Begins a test run: every message of it goes to the sandbox, and nothing leaves the machine. */
export function invokeTest(workflowId: string, body: Invoke): Promise<{ id: string }> {
  const params = { path: { workflowId }, query: { mode: 'test' } } as const;
  return answer(api.POST('/v1/workflows/{workflowId}/invocations', { params, body }));
}
