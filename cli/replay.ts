import type { Command } from 'commander';
import type { ReplayRequest } from '../schemas/advice';
import type { FlowDefinition } from '../schemas/flow';
import { MODES, type Mode } from '../schemas/vocabulary';
import { httpClient } from './client';
import { Complaint } from './complaint';
import { readFlowFile } from './flow-file';
import { describeReplay, type Replayed } from './replay-table';
import type { Terminal } from './terminal';

interface Options {
  flow: string;
  draft?: true;
  file?: string;
  version?: string;
  baseline?: string;
  from?: string;
  to?: string;
  mode?: string;
  json?: true;
}

/** `onward replay --flow F --draft`: recorded runs on another ladder, and what differs. Nothing is sent. */
export function addReplay(program: Command, terminal: Terminal): void {
  program
    .command('replay')
    .description('play recorded runs on a draft, a version or a file, and say what would have differed')
    .requiredOption('--flow <flow>', 'whose runs')
    .option('--draft', 'on the stored draft (the default)')
    .option('--file <file>', 'on the definition in that file')
    .option('--version <n>', 'on that version')
    .option('--baseline <n>', 'the version whose runs are played (default: the published one)')
    .option('--from <time>', 'runs created from then on, such as 2026-11-21T00:00:00Z')
    .option('--to <time>', 'runs created before then')
    .option('--mode <mode>', 'live or test')
    .option('--json', 'the answer as JSON')
    .action(async (options: Options) => {
      const body = requestOf(options);
      const path = `/flows/${encodeURIComponent(options.flow)}/replay`;
      const { body: answer } = await httpClient(terminal.env).send<Replayed>('POST', path, body);
      if (options.json) terminal.out(JSON.stringify(answer, null, 2));
      else terminal.out(describeReplay(answer, nameOf(options), terminal.color));
    });
}

function requestOf(options: Options): ReplayRequest {
  const { draft, file, version, baseline, from, to, mode } = options;
  if ([draft, file, version].filter((one) => one !== undefined).length > 1) {
    throw new Complaint('Give one of --draft, --file and --version.', 2);
  }
  const request: ReplayRequest = {};
  if (file !== undefined) request.definition = definitionIn(file);
  if (version !== undefined) request.version = versionOf(version);
  if (baseline !== undefined) request.baseline = versionOf(baseline);
  if (from !== undefined) request.from = timeOf(from);
  if (to !== undefined) request.to = timeOf(to);
  if (mode !== undefined) request.mode = modeOf(mode);
  return request;
}

function definitionIn(file: string): FlowDefinition {
  return readFlowFile(file).definition;
}

function nameOf({ file, version }: Options): string {
  if (file !== undefined) return 'the file';
  return version === undefined ? 'the draft' : `version ${version}`;
}

function versionOf(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) throw new Complaint(`“${text}” is not a version: 1, 2, 3 …`, 2);
  return version;
}

function timeOf(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Complaint(`“${text}” is not a time, such as 2026-11-21T22:00:00Z.`, 2);
  return new Date(at).toISOString();
}

function modeOf(text: string): Mode {
  const mode = MODES.find((one) => one === text);
  if (!mode) throw new Complaint(`There is no mode “${text}”: ${MODES.join(', ')}.`, 2);
  return mode;
}
