import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import { join } from 'node:path';
import { perSecond } from './amounts';
import type { Window } from './load/closed-loop';
import { loopOnward } from './onward/load';
import { startOnward } from './onward/start';
import { PACKAGE_ROOT } from './package-root';
import type { Bench } from './row';
import { throwawayFolder } from './throwaway-folder';

/** As V8 writes it: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  /** Microseconds on the system's monotonic clock; a delta stands before its sample. */
  startTime: number;
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  children?: number[];
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
}

/** Where a sample was: the function itself, and the file of ours that it worked for. */
interface Place {
  name: string;
  file: string;
}

const SHOWN = { functions: 40, files: 25 };

/** One trial of the throughput row under `node --cpu-prof`: where the main thread's time went while it was measured. */
export async function profile(bench: Bench): Promise<string> {
  const { durations, dataParent } = bench.options;
  const folder = throwawayFolder(dataParent);
  try {
    const nodeArgs = ['--cpu-prof', `--cpu-prof-dir=${folder.path}`];
    const server = await startOnward({ dataParent, nodeArgs });
    bench.say('profile: Onward, 100 in flight');
    const options = { ...durations, inFlight: 100, receiptAfterMs: 20, awaitEnd: false };
    const { seen, window } = await loopOnward(server, options).finally(() => server.stop());
    const runs = seen.filter(({ doneAt }) => doneAt >= window.from && doneAt < window.to).length;
    const rate = (runs * 1000) / (window.to - window.from);
    return [`${perSecond(rate)} under the profiler`, ...draw(readProfile(folder.path), window, runs)].join('\n');
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

function draw(taken: CpuProfile, window: Window, runs: number): string[] {
  const busy = busyMicros(taken, window);
  const total = busy.reduce((sum, { micros }) => sum + micros, 0);
  const ranked = (by: keyof Place, count: number): string[] => {
    const sums = new Map<string, number>();
    for (const { place, micros } of busy) sums.set(place[by], (sums.get(place[by]) ?? 0) + micros);
    const lines = [...sums].sort(([, a], [, b]) => b - a).slice(0, count);
    return lines.map(([name, micros]) => {
      const share = `${((100 * micros) / total).toFixed(1)} %`;
      return `${share.padStart(7)}  ${(micros / runs).toFixed(1).padStart(6)} us a run  ${name}`;
    });
  };
  return [
    `${(total / runs).toFixed(0)} us a run on the main thread, waiting for the disk included, idle left out`,
    '\nBy our file, with what it called in Node and in packages:',
    ...ranked('file', SHOWN.files),
    '\nBy function, its own time:',
    ...ranked('name', SHOWN.functions),
  ];
}

/** The samples within the window; both clocks are the system's, read here at one moment. */
function busyMicros(taken: CpuProfile, window: Window): { place: Place; micros: number }[] {
  const places = placesOf(taken.nodes);
  const toMonotonic = Number(process.hrtime.bigint() / 1000n) - Date.now() * 1000;
  const [from, to] = [window.from * 1000 + toMonotonic, window.to * 1000 + toMonotonic];
  const busy: { place: Place; micros: number }[] = [];
  let at = taken.startTime;
  taken.samples.forEach((id, n) => {
    const micros = taken.timeDeltas[n] ?? 0;
    at += micros;
    const place = places.get(id);
    if (place && place.name !== '(idle)' && at >= from && at < to) busy.push({ place, micros });
  });
  return busy;
}

/** A function of Node's or of a package is named together with the one of ours that called it, however far above. */
function placesOf(nodes: readonly ProfileNode[]): Map<number, Place> {
  const sourceOf = sources();
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const nearestOurs = (node: ProfileNode | undefined): ProfileNode | null => {
    if (!node) return null;
    return isOurs(node) ? node : nearestOurs(parents.get(node.id));
  };
  return new Map(
    nodes.map((node) => {
      const { functionName, url } = node.callFrame;
      const ours = nearestOurs(node);
      const own = `${functionName || '(anonymous)'} ${sourceOf(node)}`.trim();
      const name = ours && ours !== node ? `${own} <- ${ours.callFrame.functionName} ${sourceOf(ours)}` : own;
      const file = ours ? sourceOf(ours).replace(/:\d+$/, '') : url === '' ? own : 'Node and packages on their own';
      return [node.id, { name, file }];
    }),
  );
}

function isOurs({ callFrame }: ProfileNode): boolean {
  return callFrame.url.endsWith('dist/onward.js');
}

/** File and line. Our own functions all stand in one bundle: its source map says where they come from. */
function sources(): (node: ProfileNode) => string {
  const map = new SourceMap(JSON.parse(readFileSync(join(PACKAGE_ROOT, 'dist', 'onward.js.map'), 'utf8')));
  return (node) => {
    const { url, lineNumber, columnNumber } = node.callFrame;
    const entry = isOurs(node) ? map.findEntry(lineNumber, columnNumber) : null;
    const found = entry && 'originalSource' in entry ? (entry as SourceMapping) : null;
    if (!found) return url.replace(/^.*node_modules\//, '');
    return `${found.originalSource.replace('../', '')}:${found.originalLine + 1}`;
  };
}
