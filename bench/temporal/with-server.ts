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
  const cli = await findTemporalCli(bench.say);
  if (cli === null) {
    const why = 'there is no Temporal CLI, and none could be installed (see above)';
    bench.say(`${row.row}: SKIPPED, ${why}`);
    return { ...row, lines: [], notes: [`SKIPPED, the whole row: ${why}.`] };
  }
  bench.say(`${row.row}: starting a Temporal server`);
  const temporal = await startBenchTemporal(cli, bench.options.dataParent);
  try {
    return { ...row, ...(await measure(temporal)) };
  } finally {
    await temporal.stop();
  }
}
