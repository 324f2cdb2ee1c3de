/** An invocation, as it is pasted elsewhere. */
export interface Snippet {
  /** Where the server is, such as https://onward.example.com. */
  origin: string;
  workflowId: string;
  body: object;
}

export const SNIPPETS = { curl: curlText, typescript: typescriptText, python: pythonText } as const;
export type SnippetKind = keyof typeof SNIPPETS;

const pathOf = ({ workflowId }: Snippet) => `/v1/workflows/${workflowId}/invocations`;

function curlText(snippet: Snippet): string {
  const json = JSON.stringify(snippet.body, null, 2).replaceAll("'", `'\\''`);
  return [
    `curl -X POST '${snippet.origin}${pathOf(snippet)}'`,
    `-H "api-key: $ONWARD_TEST_KEY"`,
    `-H 'content-type: application/json'`,
    `-d '${json}'`,
  ].join(' \\\n  ');
}

function typescriptText(snippet: Snippet): string {
  return `const response = await fetch('${snippet.origin}${pathOf(snippet)}', {
  method: 'POST',
  headers: {
    'api-key': process.env.ONWARD_TEST_KEY ?? '',
    'content-type': 'application/json',
    // The same key again gives the same answer: nothing is sent twice when you try again.
    'idempotency-key': crypto.randomUUID(),
  },
  body: JSON.stringify(${indented(JSON.stringify(snippet.body, null, 2), '  ')}),
});
if (!response.ok) throw new Error(await response.text());
const { id, status, links } = await response.json();
console.log(id, status, links.self);
`;
}

function pythonText(snippet: Snippet): string {
  return `import os
import uuid

import requests

response = requests.post(
    "${snippet.origin}${pathOf(snippet)}",
    headers={
        "api-key": os.environ["ONWARD_TEST_KEY"],
        # The same key again gives the same answer: nothing is sent twice when you try again.
        "idempotency-key": str(uuid.uuid4()),
    },
    json=${indented(pythonLiteral(snippet.body, ''), '    ')},
    timeout=10,
)
response.raise_for_status()
print(response.json()["id"])
`;
}

function indented(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
}

/** As JSON, with Python's own words for true, false and null. */
function pythonLiteral(value: unknown, indent: string): string {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const list = Array.isArray(value);
  const items = list
    ? value.map((one) => pythonLiteral(one, inner))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${pythonLiteral(one, inner)}`);
  const [open, close] = list ? '[]' : '{}';
  return items.length === 0 ? `${open}${close}` : `${open}\n${inner}${items.join(`,\n${inner}`)},\n${indent}${close}`;
}
