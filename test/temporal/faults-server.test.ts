import { join } from 'node:path';
import type { TemporalServer } from '../../temporal/dev-server';
import type { FaultHouse } from '../support/fault-house';
import { ASKED_OVER_HTTP, besieged, type OutageReport, outagePromises, through } from '../support/outage';
import { serverProcesses } from '../support/server-process';
import { describeWithTemporalProcess } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const startProcess = serverProcesses();
const OPTIONS = { dbFile: join(folder, 'temporal.db'), namespace: ASKED_OVER_HTTP };

describeWithTemporalProcess('a Temporal server killed under load and started again on its file', (start) => {
  let house: FaultHouse;
  let report: OutageReport;

  beforeAll(async () => {
    let temporal: TemporalServer = await start(OPTIONS);
    const place = await besieged(temporal.address, join(folder, 'http'), startProcess);
    house = place.house;
    const outage = {
      begin: () => temporal.kill(),
      lengthMs: 8_000,
      async end() {
        temporal = await start({ ...OPTIONS, port: temporal.port });
      },
    };
    report = await through(outage, place);
  }, 120_000);

  afterAll(() => house?.remove());

  outagePromises(() => ({ house, report }));
});
