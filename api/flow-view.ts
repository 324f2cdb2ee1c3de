import { isoTime } from '../core/iso-time';
import type { Flow, FlowVersion } from '../store/contract';

/** A flow as every flow route answers it. */
export function flowView(flow: Flow) {
  const { id, workflowId, name, draft, publishedVersion, latestVersion } = flow;
  const createdAt = isoTime(flow.createdAt);
  return {
    id,
    workflowId,
    name,
    draft,
    publishedVersion,
    latestVersion,
    createdAt,
    updatedAt: isoTime(flow.updatedAt),
  };
}

/** The draft's revision as a strong entity tag (RFC 9110, section 8.8.3). */
export function flowTag(flow: Flow): { etag: string } {
  return { etag: `"${flow.draftRevision}"` };
}

/** Whether an `If-Match` names the draft as it stands. */
export function tagMatches(header: string, flow: Flow): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim() === flowTag(flow).etag);
}

/** A version in a list, without its definition. */
export function versionView({ flowId, workflowId, version, publishedAt, rollbackOf }: FlowVersion) {
  return { flowId, workflowId, version, publishedAt: isoTime(publishedAt), rollbackOf };
}
