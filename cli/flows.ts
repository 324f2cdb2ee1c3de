import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Change } from '../core/flow-diff';
import type { Finding } from '../core/lint/finding';
import type { FlowDefinition } from '../schemas/flow';
import type { TemplateWrite } from '../schemas/template';
import { type Client, httpClient } from './client';
import { Complaint } from './complaint';
import { readFlowFile } from './flow-file';
import type { Terminal } from './terminal';

interface Flow {
  id: string;
  workflowId: string;
  name: string;
  draft: FlowDefinition;
  publishedVersion: number | null;
}

/** `onward flows push | pull | publish | diff | list`: flows as files beside the code that invokes them. */
export function addFlows(program: Command, terminal: Terminal): void {
  const flows = program.command('flows').description('write and read flows on the server');
  flows
    .command('push <file>')
    .description('write a flow file as the draft, and its templates')
    .option('--templates <file>', 'the templates as a JSON array (default: templates.json beside the file)')
    .option('--publish', 'publish it too')
    .action((file: string, options: PushOptions) => push(file, options, terminal));
  flows
    .command('pull <flow>')
    .description('read a flow as a file')
    .option('--version <n>', 'that version (default: the draft)')
    .option('--file <file>', 'write it there (default: standard output)')
    .action((flow: string, options: { version?: string; file?: string }) => pull(flow, options, terminal));
  flows
    .command('publish <flow>')
    .description('freeze the draft as the newest version')
    .option('--version <n>', 'bring that version back instead')
    .action((flow: string, options: { version?: string }) =>
      publish(httpClient(terminal.env), flow, options.version, terminal),
    );
  flows
    .command('diff <flow>')
    .description('what differs between two versions')
    .requiredOption('--from <n>', 'a version, or draft')
    .option('--to <n>', 'a version, or draft', 'draft')
    .action((flow: string, options: { from: string; to: string }) => diff(flow, options, terminal));
  flows
    .command('list')
    .description('the newest flows')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) => list(options, terminal));
}

interface PushOptions {
  templates?: string;
  publish?: true;
}

async function push(file: string, options: PushOptions, terminal: Terminal): Promise<void> {
  const { workflowId, definition, templates } = readFlowFile(file, options.templates);
  const client = httpClient(terminal.env);
  for (const template of templates) await pushTemplate(client, template);
  const pushed = await pushDraft(client, workflowId, definition);
  terminal.out(
    `${pushed.workflowId}: the draft is written${templates.length > 0 ? `, ${templates.length} templates too` : ''}.`,
  );
  if (options.publish) await publish(client, pushed.workflowId, undefined, terminal);
}

async function pushTemplate(client: Client, template: TemplateWrite): Promise<void> {
  const path = `/templates/${encodeURIComponent(template.id ?? '')}`;
  const known = template.id ? await client.find(path) : null;
  if (known) await client.send('PUT', path, template);
  else await client.send('POST', '/templates', template);
}

async function pushDraft(client: Client, workflowId: string | undefined, definition: FlowDefinition): Promise<Flow> {
  const path = workflowId ? `/flows/${encodeURIComponent(workflowId)}` : null;
  const known = path ? await client.find<Flow>(path) : null;
  if (!known)
    return (await client.send<Flow>('POST', '/flows', { ...(workflowId ? { workflowId } : {}), ...definition })).body;
  const revision = known.headers.get('etag') ?? '';
  return (await client.send<Flow>('PUT', `${path}/draft`, definition, { 'if-match': revision })).body;
}

async function pull(flow: string, options: { version?: string; file?: string }, terminal: Terminal): Promise<void> {
  const client = httpClient(terminal.env);
  const path = `/flows/${encodeURIComponent(flow)}`;
  const { workflowId, draft } = await client.get<Flow>(path);
  const definition = options.version
    ? (await client.get<{ definition: FlowDefinition }>(`${path}/versions/${versionOf(options.version)}`)).definition
    : draft;
  const text = JSON.stringify({ workflowId, ...definition }, null, 2);
  if (options.file) writeFileSync(options.file, `${text}\n`);
  else terminal.out(text);
}

async function publish(client: Client, flow: string, version: string | undefined, terminal: Terminal): Promise<void> {
  const body = version === undefined ? {} : { version: versionOf(version) };
  const path = `/flows/${encodeURIComponent(flow)}/publish`;
  const { body: made } = await client.send<Flow & { version: number; findings: Finding[] }>('POST', path, body);
  terminal.out(`${made.workflowId}: version ${made.version} is published.`);
  for (const { level, pointer, message } of made.findings) terminal.out(`${level} ${pointer}: ${message}`);
}

async function diff(flow: string, options: { from: string; to: string }, terminal: Terminal): Promise<void> {
  const query = new URLSearchParams({ from: options.from, to: options.to });
  const path = `/flows/${encodeURIComponent(flow)}/diff?${query}`;
  const { changes } = await httpClient(terminal.env).get<{ changes: Change[] }>(path);
  if (changes.length === 0) terminal.out('No difference.');
  for (const { pointer, sentence } of changes) terminal.out(`${pointer === '' ? '(flow)' : pointer}: ${sentence}`);
}

async function list(options: { json?: true }, terminal: Terminal): Promise<void> {
  const { items } = await httpClient(terminal.env).get<{ items: Flow[] }>('/flows?limit=200');
  if (options.json) return terminal.out(JSON.stringify(items, null, 2));
  for (const { workflowId, publishedVersion, name } of items) {
    terminal.out(
      `${workflowId.padEnd(24)} ${publishedVersion === null ? 'draft' : `v${publishedVersion}`.padEnd(5)}  ${name}`,
    );
  }
}

function versionOf(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) throw new Complaint(`“${text}” is not a version: 1, 2, 3 …`, 2);
  return version;
}
