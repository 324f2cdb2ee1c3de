import type { Command } from 'commander';
import { compileLadder } from '../core/ladder';
import { simulate } from '../core/simulate';
import { invocationView } from '../core/view';
import { toWire } from '../core/wire';
import { PROVIDER_CATALOG } from '../providers/facts';
import type { WireEvent } from '../schemas/event';
import type { InvocationView } from '../schemas/invocation';
import { httpClient } from './client';
import { Complaint } from './complaint';
import { drawLadder } from './draw-ladder';
import { isFile, readFlowFile } from './flow-file';
import { assignments, parseScripts } from './sandbox-scripts';
import type { Terminal } from './terminal';

interface Options {
  sandbox: string[];
  at?: string;
  json?: true;
}
interface Simulated {
  view: InvocationView;
  events: WireEvent[];
}

const collect = (value: string, before: string[]): string[] => [...before, value];
const SIMULATION = 'simulation';

/** `onward simulate <file or flow>`: a run on a virtual clock, by the same rules as a real one; nothing is sent. */
export function addSimulate(program: Command, terminal: Terminal): void {
  program
    .command('simulate <flow>')
    .description('play a flow on a virtual clock: a JSON file, or a flow on the server')
    .option('--sandbox <step=script>', 'what happens at a step, such as whatsapp=silent; repeatable', collect, [])
    .option('--at <time>', 'when it begins, such as 2026-11-21T22:00:00Z (default: now)')
    .option('--json', 'the run as JSON')
    .action(async (flow: string, options: Options) => {
      const startAt = startOf(options.at);
      const { view, events } = isFile(flow)
        ? simulateFile(flow, options, startAt)
        : await simulateOnServer(flow, options, startAt, terminal);
      if (options.json) terminal.out(JSON.stringify({ ...view, events }, null, 2));
      else terminal.out(drawLadder(view, events, terminal.width, terminal.color));
    });
}

function startOf(text: string | undefined): number {
  const at = text === undefined ? Date.now() : Date.parse(text);
  if (Number.isNaN(at)) throw new Complaint(`“${text}” is not a time, such as 2026-11-21T22:00:00Z.`, 2);
  return at;
}

function simulateFile(file: string, options: Options, startAt: number): Simulated {
  const { workflowId = file, definition } = readFlowFile(file);
  const identity = { flowId: SIMULATION, workflowId, version: 0, mode: 'test' } as const;
  const ladder = compileLadder(definition, identity, PROVIDER_CATALOG);
  const steps = new Set(ladder.rungs.flatMap((rung) => (rung.kind === 'send' ? [rung.name] : [])));
  const { state, events } = simulate(ladder, parseScripts(options.sandbox, steps), { startAt });
  const meta = { id: SIMULATION, externalId: null, metadata: null, createdAt: startAt };
  return { view: invocationView(state, meta), events: events.map((event) => toWire(event, ladder)) };
}

type ServerAnswer = Pick<
  InvocationView,
  'status' | 'reachedStep' | 'reachedChannel' | 'costMicros' | 'currency' | 'attempts'
> & { durationMs: number | null; events: WireEvent[] };

async function simulateOnServer(
  flow: string,
  options: Options,
  startAt: number,
  terminal: Terminal,
): Promise<Simulated> {
  const body = { sandbox: assignments(options.sandbox), startAt: new Date(startAt).toISOString() };
  const path = `/flows/${encodeURIComponent(flow)}/simulate`;
  const { events, durationMs, ...run } = (await httpClient(terminal.env).send<ServerAnswer>('POST', path, body)).body;
  const view: InvocationView = {
    ...run,
    id: SIMULATION,
    workflowId: flow,
    flowVersion: 0,
    mode: 'test',
    createdAt: body.startAt,
    endedAt: durationMs === null ? null : new Date(startAt + durationMs).toISOString(),
    duplicate: events.some(({ type }) => type === 'DuplicateDetected'),
    links: { self: '', events: '', stream: '' },
  };
  return { view, events };
}
