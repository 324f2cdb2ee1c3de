import type { Command } from 'commander';
import type { WireEvent } from '../schemas/event';
import type { InvocationView } from '../schemas/invocation';
import type { Story } from '../schemas/story';
import { type Client, httpClient } from './client';
import { drawLadder } from './draw-ladder';
import { drawStory } from './draw-story';
import { parseJson } from './json-file';
import type { Terminal } from './terminal';

/** `onward runs show | tail | list`: what became of invocations. */
export function addRuns(program: Command, terminal: Terminal): void {
  const runs = program.command('runs').description('see what became of invocations');
  runs
    .command('show <id>')
    .description('draw one run: a bar for each attempt and why it went on; its verdicts, receipts and callbacks')
    .option('--json', 'its whole story as JSON')
    .action(async (id: string, options: { json?: true }) => {
      const { env, width, color } = terminal;
      const story = await httpClient(env).get<Story>(`/invocations/${encodeURIComponent(id)}/story`);
      if (options.json) return terminal.out(JSON.stringify(story, null, 2));
      terminal.out(drawLadder(story.invocation, story.events, width, color));
      terminal.out(drawStory(story, color));
    });
  runs
    .command('tail <id>')
    .description('follow one run: a line for each event, until it has ended')
    .option('--json', 'a line of JSON for each event')
    .action((id: string, options: { json?: true }) => tail(id, options, terminal));
  runs
    .command('list')
    .description('the newest runs')
    .option('--workflow <id>')
    .option('--status <status>')
    .option('--mode <mode>', 'live or test')
    .option('--recipient <address>', 'phone number, e-mail address or recipient ID')
    .option('--external-id <id>')
    .option('--reached <channel>', 'the channel that reached the person')
    .option('--late', 'a message reached the person late')
    .option('--duplicate', 'the person was reached more than once')
    .option('--limit <n>', 'at most 200', '20')
    .option('--json', 'as JSON')
    .action((options: ListOptions) => list(options, terminal));
}

/** A run with its whole history. */
export async function fetchRun(client: Client, id: string): Promise<{ view: InvocationView; events: WireEvent[] }> {
  const path = `/invocations/${encodeURIComponent(id)}`;
  const view = await client.get<InvocationView>(path);
  const events: WireEvent[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: { items: WireEvent[]; nextCursor: string | null } = await client.get(`${path}/events?${query}`);
    events.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { view, events: events.sort((a, b) => a.seq - b.seq) };
}

async function tail(id: string, options: { json?: true }, terminal: Terminal): Promise<void> {
  const path = `/invocations/${encodeURIComponent(id)}/stream`;
  for await (const { event, data } of httpClient(terminal.env).follow(path)) {
    // The last one says how the run ended, which its history has said already.
    if (event === 'end') return;
    if (options.json) terminal.out(data);
    else terminal.out(eventLine(parseJson<WireEvent>(data, 'an event of the stream')));
  }
}

/** `10:00:30.012  StepTimedOut  whatsapp  No receipt …` */
function eventLine(event: WireEvent): string {
  const attempt = event.attempt !== undefined && event.attempt > 1 ? ` #${event.attempt}` : '';
  const facts = [event.receiptStatus, event.reason, event.code, event.because].filter(Boolean).join('  ');
  return `${event.at.slice(11, 23)}  ${event.type.padEnd(20)}  ${event.step ?? ''}${attempt}  ${facts}`.trimEnd();
}

interface ListOptions {
  workflow?: string;
  status?: string;
  mode?: string;
  recipient?: string;
  externalId?: string;
  reached?: string;
  late?: true;
  duplicate?: true;
  limit: string;
  json?: true;
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const { workflow, status, mode, recipient, externalId, reached, late, duplicate } = options;
  const filters = {
    workflowId: workflow,
    status,
    mode,
    recipient,
    externalId,
    reachedChannel: reached,
    late,
    duplicate,
  };
  const query = new URLSearchParams({ limit: options.limit });
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, String(value));
  const { items } = await httpClient(terminal.env).get<{ items: InvocationView[] }>(`/invocations?${query}`);
  if (options.json) return terminal.out(JSON.stringify(items, null, 2));
  for (const { id, createdAt, workflowId, status: standing, reachedStep } of items) {
    terminal.out(`${id}  ${createdAt}  ${standing.padEnd(9)}  ${workflowId}${reachedStep ? ` by ${reachedStep}` : ''}`);
  }
}
