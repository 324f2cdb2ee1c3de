import type { FlowDefinition } from '../../../schemas/flow';
import type { InvocationView, Recipient } from '../../../schemas/invocation';

/** Stands where the API does not show what was sent. */
const UNSHOWN = '…';

/**
 * The invocation that would do the same again. No key stands in it, and no value of a variable: they are often secrets.
 * @param recipient null: the API does not show it to this person
 */
export function curlOf(
  origin: string,
  invocation: InvocationView,
  recipient: Recipient | null,
  definition: FlowDefinition | undefined,
): string {
  const { workflowId, mode, externalId, metadata } = invocation;
  const names = Object.keys((definition?.variables as { properties?: object } | undefined)?.properties ?? {});
  const body = {
    recipient: recipient ?? { phone: UNSHOWN },
    ...(names.length > 0 && { variables: Object.fromEntries(names.map((name) => [name, UNSHOWN])) }),
    ...(externalId && { externalId }),
    ...(metadata && { metadata }),
  };
  const key = mode === 'test' ? 'ONWARD_TEST_KEY' : 'ONWARD_KEY';
  return [
    `curl -X POST ${quoted(`${origin}/v1/workflows/${encodeURIComponent(workflowId)}/invocations`)} \\`,
    `  -H "api-key: $${key}" -H 'content-type: application/json' \\`,
    `  -d ${quoted(JSON.stringify(body))}`,
  ].join('\n');
}

/** One word for a shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
