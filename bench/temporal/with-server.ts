import { findTemporalCli } from '../../temporal/dev-server-cli';
import type { Bench, Row } from '../row';
import { type BenchTemporal, startBenchTemporal } from './server';

type Measured = Pick<Row, 'lines' | 'notes'>;

/** One row measured on a Temporal server of its own; where none can be had, the row says so and has no figures. */
export async function withTemporal(
  bench: Bench,
  row: Pick<Row, 'row' | 'title'>,
  measure: (temporal: BenchTemporal) => Promise<Measured>,
): Promise<Row> {
  bench.say(`${row.row}: starting a Temporal server`);
  const temporal = await startTemporalFor(bench);
  if (temporal === null) {
    const why = 'there is no Temporal CLI, and none could be installed (see above)';
    bench.say(`${row.row}: SKIPPED, ${why}`);
    return { ...row, lines: [], notes: [`SKIPPED, the whole row: ${why}.`] };
  }
  try {
    return { ...row, ...(await measure(temporal)) };
  } finally {
    await temporal.stop();
  }
}

/** Null where there is no CLI and none can be installed: what was tried has been said by then. */
export async function startTemporalFor({ say, options }: Bench): Promise<BenchTemporal | null> {
  const cli = await findTemporalCli(say);
  return cli === null ? null : startBenchTemporal(cli, options.dataParent);
}
