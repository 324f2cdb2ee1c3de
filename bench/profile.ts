import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import { join } from 'node:path';
import { perSecond } from './amounts';
import { loopOnward } from './onward/load';
import { startOnward } from './onward/start';
import { PACKAGE_ROOT } from './package-root';
import type { Bench } from './row';
import { throwawayFolder } from './throwaway-folder';

/** As V8 writes it: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  /** Microseconds. */
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  children?: number[];
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
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
    const { seen, window } = await loopOnward(server, options).finally(() => server.stop());
    const counted = seen.filter(({ doneAt }) => doneAt >= window.from && doneAt < window.to).length;
    const rate = (counted * 1000) / (window.to - window.from);
    const title = `${perSecond(rate)} under the profiler; ${seen.length} runs`;
    return [title, ...draw(readProfile(folder.path), seen.length)].join('\n');
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
  const names = namesOf(taken.nodes);
  const self = new Map<string, number>();
  taken.samples.forEach((id, n) => {
    const name = names.get(id) ?? '';
    if (name === '(idle)') return;
    self.set(name, (self.get(name) ?? 0) + (taken.timeDeltas[n] ?? 0));
  });
  return self;
}

/** A function of Node's or of a package is named together with the one of ours that called it, however far above. */
function namesOf(nodes: readonly ProfileNode[]): Map<number, string> {
  const placeOf = placesInSource();
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const ours = (node: ProfileNode | undefined): string => {
    if (!node) return '';
    return isOurs(node) ? ` <- ${placeOf(node.callFrame)}` : ours(parents.get(node.id));
  };
  return new Map(
    nodes.map((node) => {
      const { functionName, url } = node.callFrame;
      const place = url === '' ? functionName || '(anonymous)' : placeOf(node.callFrame);
      return [node.id, isOurs(node) ? place : place + ours(parents.get(node.id))];
    }),
  );
}

type Frame = ProfileNode['callFrame'];

function isOurs({ callFrame }: ProfileNode): boolean {
  return callFrame.url.endsWith('dist/onward.js');
}

/** Our own functions all stand in one bundle: its source map says where they come from. */
function placesInSource(): (frame: Frame) => string {
  const map = new SourceMap(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'dist', 'onward.js.map'), 'utf8')));
  return ({ functionName, url, lineNumber, columnNumber }) => {
    const entry = url.endsWith('dist/onward.js') ? map.findEntry(lineNumber, columnNumber) : null;
    const found = entry && 'originalSource' in entry ? (entry as SourceMapping) : null;
    const place = found
      ? `${found.originalSource.replace('../', '')}:${found.originalLine + 1}`
      : url.replace(/^.*node_modules\//, '');
    return `${functionName || '(anonymous)'} ${place}`;
  };
}
