import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WireEvent } from '../../schemas/event';

/**
 * A history as Temporal had it, in `<name>.jsonl`: a first line that says what happened, then one line an event, as
 * protobuf JSON. Payloads are encrypted as they were, with the secret of the houses under test; names of machines and
 * processes, and stack traces, are blotted out.
 */
export interface SavedHistory {
  name: string;
  /** What happened, in plain words. */
  title: string;
  invocationId: string;
  /** What this history told the log, in order. */
  told: Fact[];
  /** Temporal's own. */
  events: unknown[];
}

const FOLDER = join(__dirname, 'saved');

/** What an event says, without the sentence that is made of it. */
export type Fact = Omit<WireEvent, 'because'>;

/** As JSON has it: what comes from inside a workflow is of another realm. */
export function factOf(event: WireEvent): Fact {
  const { because: _because, ...fact } = JSON.parse(JSON.stringify(event));
  return fact;
}

/** All there are, by name. */
export function readHistories(): SavedHistory[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl'));
  return files.sort().map((file) => {
    const [first = '', ...rest] = readFileSync(join(FOLDER, file), 'utf8').trimEnd().split('\n');
    const name = file.slice(0, -'.jsonl'.length);
    return { name, ...JSON.parse(first), events: rest.map((line) => JSON.parse(line)) };
  });
}

/** Before all are recorded anew. */
export function forgetHistories(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
}

export function writeHistory({ name, title, invocationId, told, events }: SavedHistory): void {
  const lines = [{ title, invocationId, told }, ...events].map((value) => blotted(JSON.stringify(value)));
  writeFileSync(join(FOLDER, `${name}.jsonl`), `${lines.join('\n')}\n`);
}

/** `1234@machine` is how Temporal's SDK names a process, and its sticky queue after it. */
function blotted(json: string): string {
  return json.replace(/"\d+@[^"]*"/g, '"worker"').replace(/"stackTrace":"(?:[^"\\]|\\.)*"/g, '"stackTrace":""');
}
