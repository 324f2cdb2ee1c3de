import type { Command } from 'commander';
import type { InvocationAccepted, InvocationView, Invoke } from '../schemas/invocation';
import { httpClient } from './client';
import { Complaint } from './complaint';
import { drawLadder } from './draw-ladder';
import { parseJson, readJson } from './json-file';
import { fetchRun } from './runs';
import { assignments } from './sandbox-scripts';
import type { Terminal } from './terminal';

interface Options {
  file?: string;
  to?: string;
  email?: string;
  push?: string;
  variables?: string;
  sandbox: string[];
  idempotencyKey?: string;
  wait?: string;
  json?: true;
}

const collect = (value: string, before: string[]): string[] => [...before, value];

/** `onward invoke <workflowId>`: a body from a file, or put together from options, or both. */
export function addInvoke(program: Command, terminal: Terminal): void {
  program
    .command('invoke <workflowId>')
    .description('send one message to one person')
    .option('--file <file>', 'the body as JSON; - for standard input')
    .option('--to <phone>', 'the phone number, such as +393351234567')
    .option('--email <address>')
    .option('--push <token>')
    .option('--variables <json>', 'such as \'{"code":"493021"}\'')
    .option(
      '--sandbox <step=script>',
      'what the sandbox does at a step, such as whatsapp=silent; repeatable',
      collect,
      [],
    )
    .option('--idempotency-key <key>')
    .option('--wait <seconds>', 'wait until it has ended, at most 60 s, and draw it')
    .option('--json', 'the answer as JSON')
    .action(async (workflowId: string, options: Options) => {
      const headers: Record<string, string> = {};
      if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
      if (options.wait) headers.prefer = `wait=${waitSeconds(options.wait)}`;
      const client = httpClient(terminal.env);
      const path = `/workflows/${encodeURIComponent(workflowId)}/invocations`;
      const { body } = await client.send<InvocationAccepted | InvocationView>('POST', path, bodyOf(options), headers);
      if (options.json) terminal.out(JSON.stringify(body, null, 2));
      else if (options.wait) {
        const { view, events } = await fetchRun(client, body.id);
        terminal.out(drawLadder(view, events, terminal.width, terminal.color));
      } else terminal.out(`${body.id} ${body.status}\nonward runs show ${body.id}`);
    });
}

function waitSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 60)
    throw new Complaint('--wait takes 1 to 60 seconds.', 2);
  return seconds;
}

function bodyOf(options: Options): Invoke {
  const body: Invoke = options.file ? readJson<Invoke>(options.file) : { recipient: {} };
  const recipient = { ...body.recipient };
  if (options.to) recipient.phone = options.to;
  if (options.email) recipient.email = options.email;
  if (options.push) recipient.pushToken = options.push;
  if (Object.keys(recipient).length === 0) {
    throw new Complaint('Nobody to send to: give --to, --email, --push or --file.', 2);
  }
  const variables = options.variables
    ? parseJson<Invoke['variables']>(options.variables, '--variables')
    : body.variables;
  const sandbox = { ...body.sandbox, ...assignments(options.sandbox) };
  return {
    ...body,
    recipient,
    ...(variables ? { variables } : {}),
    ...(Object.keys(sandbox).length > 0 ? { sandbox } : {}),
  };
}
