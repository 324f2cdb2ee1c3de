import { recordedRun } from '../core/replay/recorded';
import type { RecordedRun } from '../core/replay/recording';
import { type Sample, sampleOf } from '../core/replay/sample';
import type { FlowDefinition } from '../schemas/flow';
import type { Mode } from '../schemas/vocabulary';
import type { Flow } from '../store/contract';
import { invalid, notFound, problem } from './problem';
import type { ApiResponse } from './route';
import type { Services } from './services';
import { inSlices, othersTurn } from './slices';

/** How many runs a judgement rests on at most. */
const RUNS_MOST = 5_000;
/** Small, so that a page is read in a slice. */
const PAGE = 25;
/** Of a version that has many open runs: after so many pages what was found has to do. */
const PAGES_MOST = 2 * (RUNS_MOST / PAGE);

export interface SampleQuestion {
  flow: Flow;
  version: number;
  definition: FlowDefinition;
  mode: Mode;
  /** Created in [from, to), in ms since 1970. */
  from: number | null;
  to: number | null;
}

/** A sample, and what an answer says of where it comes from. */
export interface FlowSample {
  sample: Sample;
  about: {
    flowId: string;
    workflowId: string;
    version: number;
    mode: Mode;
    runs: number;
    leftOut: number;
    from: string | null;
    to: string | null;
  };
}

type Asked = { ok: true; question: SampleQuestion } | { ok: false; response: ApiResponse };

/** Whose runs are asked for: of that version, else of the published one, else of the newest. */
export async function questionOf(
  services: Services,
  flow: Flow,
  asked: { version: number | undefined; from: string | undefined; to: string | undefined; mode: Mode },
): Promise<Asked> {
  const version = asked.version ?? flow.publishedVersion ?? flow.latestVersion;
  if (version === 0) {
    const hint = 'Publish it and let it run: what is advised rests on what was recorded.';
    return { ok: false, response: problem(409, 'This flow was never published.', { hint }) };
  }
  const found = await services.store.flows.version(flow.id, version);
  if (!found) return { ok: false, response: notFound(`Version ${version}`, 'GET …/versions lists the versions.') };
  const [from, to] = [asked.from, asked.to].map((text) => (text === undefined ? null : Date.parse(text)));
  if (from !== null && from !== undefined && to !== null && to !== undefined && from >= to) {
    return { ok: false, response: invalid([{ pointer: '/from', message: '“from” must be before “to”.' }]) };
  }
  const { definition } = found;
  return { ok: true, question: { flow, version, definition, mode: asked.mode, from: from ?? null, to: to ?? null } };
}

/** The newest ended runs, as far as they can be played. Reads page by page, and lets go of the thread in between. */
export async function readSample(services: Services, question: SampleQuestion): Promise<FlowSample> {
  const { flow, version, mode } = question;
  const prepared = await services.flows.version(flow.id, version, mode);
  if (!prepared) throw new Error(`version ${version} of ${flow.id} was there a moment ago`);
  const { runs, oldest, newest } = await readRuns(services, question);
  const sample = await inSlices(sampleOf(prepared.ladder, runs));
  const { unsettled, not_reproduced } = sample.leftOut;
  return {
    sample,
    about: {
      flowId: flow.id,
      workflowId: flow.workflowId,
      version,
      mode,
      runs: sample.runs.length,
      leftOut: unsettled + not_reproduced,
      from: oldest === null ? null : new Date(oldest).toISOString(),
      to: newest === null ? null : new Date(newest).toISOString(),
    },
  };
}

interface ReadRuns {
  runs: (RecordedRun | null)[];
  oldest: number | null;
  newest: number | null;
}

async function readRuns(services: Services, { flow, version, mode, from, to }: SampleQuestion): Promise<ReadRuns> {
  const query = {
    mode,
    workflowId: flow.workflowId,
    flowVersion: version,
    ...(from !== null && { createdFrom: from }),
    ...(to !== null && { createdTo: to - 1 }),
  };
  const read: ReadRuns = { runs: [], oldest: null, newest: null };
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MOST && read.runs.length < RUNS_MOST; page++) {
    const found = await services.store.invocations.search(query, { limit: PAGE, cursor });
    const lookedAt = services.now();
    for (const { record, state } of found.items) {
      if (state.endedAt === null || read.runs.length >= RUNS_MOST) continue;
      read.runs.push(recordedRun(record.id, state, lookedAt));
      read.newest ??= record.createdAt;
      read.oldest = record.createdAt;
    }
    cursor = found.nextCursor;
    if (cursor === null) break;
    await othersTurn();
  }
  return read;
}
