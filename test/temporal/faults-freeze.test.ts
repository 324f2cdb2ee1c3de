import { join } from 'node:path';
import type { FaultHouse } from '../support/fault-house';
import { ASKED_OVER_HTTP, besieged, type OutageReport, outagePromises, through } from '../support/outage';
import { serverProcesses } from '../support/server-process';
import { describeWithTemporalProcess } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const startProcess = serverProcesses();
const OPTIONS = { dbFile: join(folder, 'temporal.db'), namespace: ASKED_OVER_HTTP };

describeWithTemporalProcess('a Temporal server frozen for a minute under load', (start) => {
  let house: FaultHouse;
  let report: OutageReport;

  beforeAll(async () => {
    const temporal = await start(OPTIONS);
    const place = await besieged(temporal.address, join(folder, 'http'), startProcess);
    house = place.house;
    const outage = { begin: async () => temporal.freeze(), lengthMs: 60_000, end: async () => temporal.thaw() };
    report = await through(outage, place);
  }, 180_000);

  afterAll(() => house?.remove());

  outagePromises(() => ({ house, report }));
});
