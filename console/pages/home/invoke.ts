import type { InvocationAccepted, Invoke } from '../../../schemas/invocation';
import { OWN_PAGE, reach } from '../../client/api';
import { problemOf } from '../../client/problem';

/** Begins a test run: every message of it goes to the sandbox, and nothing leaves the machine. */
export async function invokeTest(workflowId: string, body: Invoke): Promise<InvocationAccepted> {
  const response = await reach(`/v1/workflows/${encodeURIComponent(workflowId)}/invocations?mode=test`, {
    method: 'POST',
    headers: { ...OWN_PAGE, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answered: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response, answered);
  return answered as InvocationAccepted;
}
