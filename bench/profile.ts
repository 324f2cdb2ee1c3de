import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { perSecond } from './amounts';
import { loadOnward } from './onward/load';
import { startOnward } from './onward/start';
import { PACKAGE_ROOT } from './package-root';
import type { Bench } from './row';
import { throwawayFolder } from './throwaway-folder';

/** As V8 writes it: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number } }[];
  samples: number[];
  /** Microseconds. */
  timeDeltas: number[];
}

const SHOWN = 40;

/** One trial of the throughput row under `node --cpu-prof`; the self time of the main thread's functions, largest first. */
export async function profile(bench: Bench): Promise<string> {
  const { durations, dataParent } = bench.options;
  const folder = throwawayFolder(dataParent);
  try {
    const nodeArgs = ['--cpu-prof', `--cpu-prof-dir=${folder.path}`];
    const server = await startOnward({ dataParent, nodeArgs });
    bench.say('profile: Onward, 100 in flight');
    const options = { ...durations, inFlight: 100, receiptAfterMs: 20, awaitEnd: false };
    const result = await loadOnward(server, options).finally(() => server.stop());
    const title = `${perSecond(result.perSecond)} under the profiler; ${result.runs} runs`;
    return [title, ...draw(readProfile(folder.path), result.runs)].join('\n');
  } finally {
    await folder.remove();
  }
}

/** CPU.<date>.<time>.<pid>.<thread>.<n>.cpuprofile; the main thread is 0. */
function readProfile(folder: string): CpuProfile {
  const name = readdirSync(folder).find((file) => /\.0\.\d+\.cpuprofile$/.test(file));
  if (!name) throw new Error('the server left no profile');
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
}

function draw(taken: CpuProfile, runs: number): string[] {
  const self = selfMicros(taken);
  const busy = [...self.values()].reduce((sum, micros) => sum + micros, 0);
  const ranked = [...self].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  const lines = ranked.map(([name, micros]) => {
    const share = `${((100 * micros) / busy).toFixed(1)} %`;
    return `${share.padStart(7)}  ${(micros / runs).toFixed(1).padStart(6)} us a run  ${name}`;
  });
  return [`${(busy / runs).toFixed(0)} us a run on the main thread (start and stop included, idle left out)`, ...lines];
}

function selfMicros(taken: CpuProfile): Map<string, number> {
  const placeOf = placesInSource();
  const names = new Map(taken.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, placeOf)]));
  const self = new Map<string, number>();
  taken.samples.forEach((id, n) => {
    const name = names.get(id) ?? '';
    if (name === '(idle)') return;
    self.set(name, (self.get(name) ?? 0) + (taken.timeDeltas[n] ?? 0));
  });
  return self;
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

function nameOf(frame: Frame, placeOf: (frame: Frame) => string): string {
  const { functionName, url } = frame;
  if (url === '') return functionName || '(anonymous)';
  return `${functionName || '(anonymous)'}  ${placeOf(frame)}`;
}

/** Our own functions all stand in one bundle: its source map says where they come from. */
function placesInSource(): (frame: Frame) => string {
  const map = new SourceMap(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'dist', 'onward.js.map'), 'utf8')));
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.endsWith('dist/onward.js')) return url.replace(/^.*node_modules\//, '').replace('file://', '');
    const entry = map.findEntry(lineNumber, columnNumber);
    return 'originalSource' in entry ? `${entry.originalSource.replace('../', '')}:${entry.originalLine + 1}` : url;
  };
}
