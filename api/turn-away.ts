import type { InvokeService, Refused } from './invoke';
import type { Rejections } from './rejections';
import type { ApiRequest, ApiResponse, Route } from './route';

/** What invocations come in by: the service that starts them, and the count of those that it refuses. */
export interface Door {
  invoke: InvokeService;
  rejections: Rejections;
}

/** The answer to an invocation that is refused, counted before it goes out. */
export async function turnAway(
  rejections: Rejections,
  { caller, params }: Pick<ApiRequest, 'caller' | 'params'>,
  { response, reason }: Pick<Refused, 'response' | 'reason'>,
): Promise<ApiResponse> {
  if (reason === null) return response;
  rejections.count(caller.mode, params.workflowId ?? '', reason);
  await rejections.told();
  return response;
}

/** For a route whose body is an invocation, or many. */
export function bodyRefused(rejections: Rejections): Route['turnedAway'] {
  return async ({ caller, params }) => {
    rejections.count(caller.mode, params.workflowId ?? '', 'body_invalid');
    await rejections.told();
  };
}
