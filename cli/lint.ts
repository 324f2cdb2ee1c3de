import type { Command } from 'commander';
import { lint } from '../core/lint';
import type { Finding } from '../core/lint/finding';
import { PROVIDER_CATALOG } from '../providers/facts';
import { httpClient } from './client';
import { Complaint } from './complaint';
import { approvedTemplates, isFile, readFlowFile } from './flow-file';
import { paint } from './ink';
import type { Terminal } from './terminal';

/** `onward lint <file or flow>`: a file is judged here, with no server; a flow by the server that has it. */
export function addLint(program: Command, terminal: Terminal): void {
  program
    .command('lint <flow>')
    .description('say what is wrong or doubtful in a flow: a JSON file, or a flow on the server')
    .option('--templates <file>', 'the templates as a JSON array (default: templates.json beside the file)')
    .option('--json', 'the findings as JSON')
    .action(async (flow: string, options: { templates?: string; json?: true }) => {
      const findings = isFile(flow) ? lintFile(flow, options.templates) : await lintOnServer(flow, terminal);
      if (options.json) terminal.out(JSON.stringify(findings, null, 2));
      else terminal.out(describe(findings, terminal.color));
      const errors = findings.filter(({ level }) => level === 'error').length;
      if (errors > 0) throw new Complaint(`${errors} ${errors === 1 ? 'error' : 'errors'}: it cannot be published.`);
    });
}

function lintFile(file: string, templatesFile: string | undefined): Finding[] {
  const { definition, templates } = readFlowFile(file, templatesFile);
  return lint(definition, { catalog: PROVIDER_CATALOG, templates: approvedTemplates(templates) });
}

async function lintOnServer(flow: string, terminal: Terminal): Promise<Finding[]> {
  const client = httpClient(terminal.env);
  const { body } = await client.send<{ findings: Finding[] }>('POST', `/flows/${encodeURIComponent(flow)}/lint`, {});
  return body.findings;
}

function describe(findings: readonly Finding[], color: boolean): string {
  if (findings.length === 0) return 'Nothing to say against it.';
  const lines = findings.flatMap(({ level, rule, pointer, message, hint }) => [
    `${paint(level, level === 'error' ? 'bad' : 'wait', color)} ${pointer === '' ? '(flow)' : pointer}: ${message}`,
    `    ${hint ? `${hint} ` : ''}${paint(`[${rule}]`, 'ghost', color)}`,
  ]);
  return lines.join('\n');
}
