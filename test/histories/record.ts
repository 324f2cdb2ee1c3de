import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ladder } from '../../core/ladder';
import type { State } from '../../core/state';
import { startTemporalServer } from '../../temporal/dev-server';
import { installedTemporalCli } from '../../temporal/dev-server-cli';
import { recipientOf, runInHouse } from '../scenarios/run-in-house';
import type { Scenario } from '../scenarios/scenario';
import { publishInHouse, startInHouse, untilState } from '../support/run-in-house';
import { describeWithTemporalProcess } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';
import type { WorkerProcess } from '../support/worker-process';
import { openRecorder, type Recorder } from './recorder';
import { EXAMPLE_TEMPLATES, RECORDINGS } from './recordings';
import { forgetHistories } from './saved-history';

/**
 * Records all histories anew, on a real server with workers in processes of their own: `npm run histories`, after
 * `npm run build`. To be run when a change of the workflow is meant to break with the runs of before, or for more kinds
 * of turns; the runs that are saved already have to replay with any other change.
 */
const AT_ONCE = 8;
const MINUTE_MS = 60_000;
/** A lost send is noticed after its timeout and a slack. */
const LOST_MS = 30_000;

beforeAll(forgetHistories);

describeWithTemporalProcess('recorded', (startServer) => {
  let recorder: Recorder;
  let worker: WorkerProcess;
  let otp: Ladder;

  beforeAll(async () => {
    const { address } = await startServer();
    recorder = await openRecorder(address);
    for (const template of EXAMPLE_TEMPLATES) {
      await recorder.house.api.store.templates.create(template, 'approved', Date.now());
    }
    worker = await recorder.house.addWorker();
    otp = await publishInHouse(recorder.house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 600 });
  }, MINUTE_MS);
  afterAll(() => recorder?.close(), MINUTE_MS);

  const start = (sandbox: Record<string, string>, ladder = otp) => startInHouse(recorder.house, ladder, { sandbox });
  const until = (id: string, holds: (state: State) => boolean) => untilState(recorder.house, id, holds);
  const receive = (invocationId: string, step: string, status: 'delivered') =>
    recorder.house.api.intake.accept([{ invocationId, step, attempt: 1, provider: 'sandbox', status }]);

  test(
    'what takes its course by itself',
    async () => {
      const left = [...RECORDINGS.entries()];
      const lane = async () => {
        for (let next = left.shift(); next; next = left.shift()) {
          const [number, recording] = next;
          const scenario = recording as Scenario;
          const { view } = await runInHouse(recorder.house, scenario, recipientOf(scenario, number));
          expect(await recorder.save(view.id, recording.title)).toContain('WORKFLOW_EXECUTION_COMPLETED');
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    },
    5 * MINUTE_MS,
  );

  test('a run that is cancelled by Temporal’s own means', async () => {
    const id = await start({ whatsapp: 'silent' });
    await until(id, accepted);
    await recorder.client.workflow.getHandle(id).cancel();
    const types = await recorder.save(id, 'a run that is cancelled by Temporal’s own means');
    expect(types).toContain('WORKFLOW_EXECUTION_CANCEL_REQUESTED');
  });

  test('receipts for attempts that are not made yet, or never', async () => {
    const early = await start({ whatsapp: 'undelivered:unreachable@800ms', sms: 'silent' });
    const never = await start({ whatsapp: 'delivered@800ms' });
    await receive(early, 'sms', 'delivered');
    await receive(never, 'sms', 'delivered');
    await recorder.save(early, 'a receipt for an attempt that is made only later');
    await recorder.save(never, 'a receipt for an attempt that is never made is buried');
  });

  test(
    'runs whose worker was killed',
    async () => {
      const waits = await start({ whatsapp: 'silent' });
      const both = await start({ whatsapp: 'silent' });
      const hangs = await start({ whatsapp: 'hang', sms: 'delivered@50ms' });
      const calledOff = await start({ whatsapp: 'hang' });
      await until(waits, accepted);
      await until(both, accepted);
      await until(hangs, requested);
      await until(calledOff, requested);
      await worker.kill();
      const unborn = await start({ whatsapp: 'silent' });
      const signal = (id: string, name: string) =>
        recorder.client.workflow.getHandle(id).signal(name, { at: Date.now() });
      await receive(waits, 'whatsapp', 'delivered');
      await recorder.house.engine.receive(both, UNDELIVERED);
      await signal(both, 'cancel');
      await signal(calledOff, 'cancel');
      await signal(unborn, 'cancel');
      worker = await recorder.house.addWorker();
      await recorder.save(waits, 'a receipt that comes while the worker is dead');
      await recorder.save(both, 'a fallback that is cancelled in the very turn that decides on it');
      await recorder.save(unborn, 'a run that is cancelled before its first turn');
      await recorder.save(calledOff, 'a cancel while the worker that was sending is dead');
      await receive(hangs, 'whatsapp', 'delivered');
      await recorder.save(hangs, 'a send whose worker died over it');
    },
    MINUTE_MS + LOST_MS,
  );

  test(
    'sends in a queue that is limited',
    async () => {
      await worker.stop();
      worker = await recorder.house.addWorker({ ONWARD_SEND_RATES: 'sandbox=1' });
      const more = { expiresAfterSeconds: 2 };
      const short = await publishInHouse(recorder.house, { steps: ['sms'], timeoutSeconds: 600, more });
      const before: string[] = [];
      for (let n = 0; n < 20; n++) before.push(await start({ whatsapp: 'silent' }));
      const overdue = await start({}, short);
      const dropped = await start({ whatsapp: 'silent' });
      await until(dropped, requested);
      await recorder.house.engine.cancel(dropped);
      const calledOff = await recorder.save(dropped, 'a cancel takes a send out of its queue');
      expect(calledOff).toContain('ACTIVITY_TASK_CANCELED');
      const late = await recorder.save(overdue, 'a send that gets no turn before the run expires');
      expect(late).toContain('ACTIVITY_TASK_TIMED_OUT');
      for (const id of before) await recorder.house.engine.cancel(id);
    },
    MINUTE_MS,
  );
});

describe('recorded on a server that wants short histories', () => {
  const folder = temporaryFolder();

  test(
    'a run that goes on in a new history',
    async () => {
      const server = await startTemporalServer({ cli: cliThatWantsShortHistories(folder) });
      const recorder = await openRecorder(server.address);
      try {
        const { house } = recorder;
        await house.addWorker();
        const otp = await publishInHouse(house, { steps: ['whatsapp', 'sms'], timeoutSeconds: 600 });
        const id = await startInHouse(house, otp, { sandbox: { whatsapp: 'silent' } });
        let { seq } = await untilState(house, id, accepted);
        for (let n = 1; n <= 10; n++) {
          await house.engine.receive(id, { ...UNDELIVERED, status: 'sent', reason: null, code: `sent ${n}` });
          ({ seq } = await untilState(house, id, (state) => state.seq > seq));
        }
        await house.engine.receive(id, { ...UNDELIVERED, status: 'delivered', reason: null });
        const types = await recorder.save(id, 'a run that goes on in a new history');
        expect(types.filter((type) => type === 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW')).toHaveLength(1);
      } finally {
        await recorder.close();
        await server.stop();
      }
    },
    MINUTE_MS,
  );
});

const UNDELIVERED = {
  type: 'ReceiptArrived',
  step: 'whatsapp',
  attempt: 1,
  status: 'undelivered',
  reason: 'unreachable',
  code: null,
  at: null,
  providerMessageId: null,
  costMicros: null,
} as const;

function requested({ steps }: State): boolean {
  return steps[0]?.attempts.length === 1;
}

function accepted({ steps }: State): boolean {
  return steps[0]?.attempts[0]?.send === 'accepted';
}

/** The CLI with one more setting: a history is long from 30 events on. */
function cliThatWantsShortHistories(folder: string): string {
  const file = join(folder, 'temporal');
  const setting = '--dynamic-config-value limit.historyCount.suggestContinueAsNew=30';
  writeFileSync(file, `#!/bin/sh\nexec "${installedTemporalCli()}" "$@" ${setting}\n`);
  chmodSync(file, 0o755);
  return file;
}
