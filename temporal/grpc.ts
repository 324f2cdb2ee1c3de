import { isGrpcServiceError } from '@temporalio/client';

/** @see https://grpc.io/docs/guides/status-codes/ */
const CODE = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The server, or the way to it, is away or takes no more: the same call may do later. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === CODE.unavailable ||
    code === CODE.deadlineExceeded ||
    code === CODE.resourceExhausted ||
    code === CODE.cancelled
  );
}

export function isNotFound(error: unknown): boolean {
  return codeOf(error) === CODE.notFound;
}

/** It will never be taken as it is. */
export function isInvalid(error: unknown): boolean {
  return codeOf(error) === CODE.invalidArgument;
}

export function isRefused(error: unknown): boolean {
  const code = codeOf(error);
  return code === CODE.permissionDenied || code === CODE.unauthenticated;
}

export function detailsOf(error: unknown): string {
  const found = serviceError(error);
  return found?.details ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): number | undefined {
  return serviceError(error)?.code;
}

/** The client wraps what the server said in errors of its own. */
function serviceError(error: unknown) {
  if (isGrpcServiceError(error)) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) ? cause : null;
}
