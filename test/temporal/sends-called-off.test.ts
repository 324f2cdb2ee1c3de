import type { Input } from '../../core/input';
import { flow, step } from '../scenarios/scenario';
import { quietTemporal } from '../support/quiet-temporal';
import { logThatAgrees, told, until } from '../support/scripted-log';
import { type ScriptedRun, type ScriptedWorkers, scriptedWorkers } from '../support/scripted-workers';
import { describeWithTemporal } from '../support/temporal-server';

const LONG = { timeoutSeconds: 600 };
const OTP = flow([step('whatsapp', LONG), step('sms', LONG)]);
const CANCELLED = ['InvocationStarted', 'StepStarted whatsapp', 'AttemptRequested whatsapp', 'InvocationCancelled'];

describeWithTemporal('a send that is called off while a worker has it', (server) => {
  let workers: ScriptedWorkers;
  beforeAll(async () => {
    quietTemporal();
    workers = await scriptedWorkers(server.address);
    await workers.start();
  }, 60_000);
  afterAll(() => workers?.close(), 20_000);

  async function cancelDuring(send: (run: ScriptedRun) => Promise<Input>): Promise<ScriptedRun> {
    const run: ScriptedRun = await workers.begin(OTP, { send: () => send(run) });
    await told(run, 'AttemptRequested');
    await run.handle.signal('cancel', { at: Date.now() });
    return run;
  }

  test('is seen through, and its answer recorded', async () => {
    const run = await cancelDuring(async (during) => {
      await calledOff(during);
      return { type: 'SendAccepted', step: 'whatsapp', attempt: 1, providerMessageId: null, costMicros: 1 };
    });
    await run.handle.result();
    expect(await logThatAgrees(run)).toEqual([...CANCELLED, 'AttemptAccepted whatsapp']);
  });

  test('is not made where the store was away, and the run ends', async () => {
    const run = await cancelDuring(async (during) => {
      await calledOff(during);
      throw new Error('the store is away');
    });
    await run.handle.result();
    expect(await logThatAgrees(run)).toEqual([...CANCELLED, 'StepSkipped whatsapp']);
  });

  test('is uncertain where the worker was lost, and the run ends', async () => {
    let release = () => {};
    const lost = new Promise<never>((_, reject) => {
      release = () => reject(new Error('lost'));
    });
    const run = await cancelDuring(() => lost);
    await run.handle.result();
    release();
    expect(await logThatAgrees(run)).toEqual([...CANCELLED, 'AttemptUncertain whatsapp']);
  });
});

async function calledOff({ handle }: ScriptedRun): Promise<void> {
  await until(async () => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).some((event) => event.activityTaskCancelRequestedEventAttributes);
  }, 'the send to be called off');
}
