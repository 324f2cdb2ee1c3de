import { perSecond, times, whole } from '../amounts';
import { rawKafka } from '../cluster/raw-kafka';
import { type BenchMongo, withServers } from '../cluster/servers';
import { cpuText } from '../cpu-text';
import { median } from '../load/percentile';
import { consumeEvents, insertEvents, type ProjectedOnServers, project, writeBacklog } from '../projection/on-servers';
import { foldOnSqlite } from '../projection/on-sqlite';
import type { Bench, Line, Row } from '../row';

const TITLE = 'Projection from Kafka into MongoDB: events folded into the read model';
/** FerretDB is too slow for more. */
const RUNS = {
  MongoDB: { quick: 2_000, full: 20_000 },
  FerretDB: { quick: 500, full: 4_000 },
} as const;

const RUNS_ON_SQLITE = { quick: 2_000, full: 20_000 } as const;

/** Events a second, round by round. */
interface Rates {
  ours: ProjectedOnServers[];
  consumed: number[];
  inserted: number[];
  onSqlite: number[];
}

export async function clusterProjection(bench: Bench): Promise<Row> {
  const row = { row: 'cluster-projection', title: TITLE };
  return withServers(bench, row, ['kafka', 'mongo'], async ({ kafka, mongo }) => {
    const { quick, durations, dataParent } = bench.options;
    const runs = RUNS[mongo.make][quick ? 'quick' : 'full'];
    const onSqlite = RUNS_ON_SQLITE[quick ? 'quick' : 'full'];
    const rates: Rates = { ours: [], consumed: [], inserted: [], onSqlite: [] };
    const raw = await rawKafka(kafka);
    const on = { kafka, mongo, raw };
    try {
      for (let round = 1; round <= durations.rounds; round++) {
        const say = (what: string) => bench.say(`cluster-projection, round ${round} of ${durations.rounds}: ${what}`);
        say('writing a backlog');
        const backlog = await writeBacklog(on, runs);
        say('kafkajs and the driver alone');
        rates.consumed.push(await consumeEvents(raw, backlog));
        rates.inserted.push(await insertEvents(mongo, backlog));
        say('the projector');
        rates.ours.push(await project(on, backlog, dataParent));
        const { events, seconds } = await foldOnSqlite(dataParent, onSqlite, (what) => say(`on SQLite, ${what}`));
        rates.onSqlite.push(events / seconds);
      }
    } finally {
      await raw.close();
    }
    return { lines: linesOf(rates, mongo), notes: notesOf(rates, mongo, runs) };
  });
}

function linesOf({ ours, consumed, inserted, onSqlite }: Rates, { make }: BenchMongo): Line[] {
  const rate = median(ours.map((one) => one.eventsPerSecond));
  const seconds = median(ours.map((one) => one.seconds));
  const against = (what: string, trials: readonly number[]): Line => {
    const theirs = median(trials);
    const ratio = rate / theirs;
    return {
      what,
      value: perSecond(theirs),
      result: times(ratio),
      figures: { eventsPerSecond: theirs, trials, ratio },
    };
  };
  return [
    {
      what: `Onward’s projector, Kafka to ${make}`,
      value: `${perSecond(rate)}  in ${seconds.toFixed(1)} s`,
      figures: { eventsPerSecond: rate, trials: ours },
    },
    against('kafkajs alone, consuming', consumed),
    against(`the mongodb driver alone, insertMany to ${make}`, inserted),
    against('Onward’s projector on SQLite', onSqlite),
  ];
}

function notesOf({ ours }: Rates, { make }: BenchMongo, runs: number): string[] {
  const ferret =
    'FerretDB speaks MongoDB’s protocol and keeps its data in SQLite; it does not wait for the disk here. Of MongoDB itself the figures say nothing.';
  return [
    `Events a second of a backlog of ${whole(runs)} runs of one step, delivered: 3 records, 7 events each. By a process of its own (\`--role projector\`), from its first commit to its last; afterwards the rollups count every run. Ratio: the projector against that line.`,
    'kafkajs: the same records, counted, from the join of its group on. The driver: the same events as the projector keeps them, a document each, 1,000 a call, in a collection without further indexes. The projector also writes a run, a message, and 2 rollups by partition, each with its indexes.',
    ...(make === 'FerretDB' ? [ferret] : []),
    `Processor time a run: ${cpuText(ours)}.`,
  ];
}
