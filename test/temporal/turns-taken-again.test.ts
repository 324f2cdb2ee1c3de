import { flow, parallel, step } from '../scenarios/scenario';
import { quietTemporal } from '../support/quiet-temporal';
import { logThatAgrees, once, told, turnIsLost, turnsLost } from '../support/scripted-log';
import { type ScriptedRun, type ScriptedWorkers, scriptedWorkers } from '../support/scripted-workers';
import { describeWithTemporal } from '../support/temporal-server';

const LONG = { timeoutSeconds: 600 };
const OTP = flow([step('whatsapp', LONG), step('sms', LONG)]);

/**
 * A turn is lost when its worker dies or is too slow, or when more has happened by the time that Temporal is told of
 * it. Then it is taken again, with more in it. What the log was given the first time must still be true.
 */
describeWithTemporal('a turn that was lost and is taken again with more in it', (server) => {
  let workers: ScriptedWorkers;
  beforeAll(async () => {
    quietTemporal();
    workers = await scriptedWorkers(server.address);
    await workers.start();
  }, 60_000);
  afterAll(() => workers?.close(), 20_000);

  test('the last turn, with a further receipt, tells of the end only once', async () => {
    const run: ScriptedRun = await workers.begin(OTP, {
      afterWrite: once('InvocationSucceeded', () => run.receive({ step: 'whatsapp', status: 'read' })),
    });
    await told(run, 'AttemptAccepted');
    await run.receive({ step: 'whatsapp', status: 'delivered' });
    await run.handle.result();
    expect(await turnsLost(run)).toBe(1);
    expect(await logThatAgrees(run)).toEqual([
      ...SENT,
      'ReceiptRecorded whatsapp delivered',
      'StepSucceeded whatsapp delivered',
      'InvocationSucceeded whatsapp',
      'ReceiptRecorded whatsapp read',
    ]);
  });

  test('a turn that climbs on, with a receipt that ends the ladder, sends nothing', async () => {
    const sent: string[] = [];
    const run: ScriptedRun = await workers.begin(OTP, {
      async send({ rung, attempt }) {
        sent.push(rung.name);
        return { type: 'SendAccepted', step: rung.name, attempt, providerMessageId: null, costMicros: 1 };
      },
      afterWrite: once('LadderAdvanced', async () => {
        await run.receive({ step: 'whatsapp', status: 'delivered' });
        await turnIsLost(run);
      }),
    });
    await told(run, 'AttemptAccepted');
    await run.receive({ step: 'whatsapp', status: 'undelivered', reason: 'unreachable' });
    await run.handle.result();
    expect(sent).toEqual(['whatsapp']);
    expect(await logThatAgrees(run)).toEqual([
      ...SENT,
      'ReceiptRecorded whatsapp undelivered unreachable',
      'StepFailed whatsapp unreachable',
      'LadderAdvanced whatsapp unreachable -> sms',
      'StepStarted sms',
      'AttemptRequested sms',
      'LateReceiptRecorded whatsapp delivered',
      'InvocationSucceeded whatsapp',
      'StepSkipped sms',
    ]);
  });

  test('the answer to a send that was under way goes before a receipt, and the log knows neither too early', async () => {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const branches = parallel('all', [[step('sms', LONG), step('push', LONG)], [step('email', LONG)]], LONG);
    const run: ScriptedRun = await workers.begin(flow([branches]), {
      async send({ rung, attempt }) {
        if (rung.name === 'email') await answered;
        return { type: 'SendAccepted', step: rung.name, attempt, providerMessageId: null, costMicros: 1 };
      },
      beforeReport: once('AttemptRequested push', async () => {
        answer();
        await turnIsLost(run);
      }),
    });
    await told(run, 'AttemptAccepted');
    await run.receive({ step: 'sms', status: 'undelivered', reason: 'unreachable' });
    await told(run, 'AttemptAccepted push');
    const log = await logThatAgrees(run);
    expect(log.indexOf('AttemptAccepted email')).toBeLessThan(
      log.indexOf('ReceiptRecorded sms undelivered unreachable'),
    );
    await run.handle.signal('cancel', { at: Date.now() });
    await run.handle.result();
    await logThatAgrees(run);
  });

  test('a deadline that had passed counts for nothing once the receipt is there', async () => {
    const run: ScriptedRun = await workers.begin(flow([step('whatsapp')]), {
      beforeReport: once('InvocationFailed', async () => {
        await run.receive({ step: 'whatsapp', status: 'delivered' });
        await turnIsLost(run);
      }),
    });
    await run.handle.result();
    expect(await logThatAgrees(run)).toEqual([
      ...SENT,
      'ReceiptRecorded whatsapp delivered',
      'StepSucceeded whatsapp delivered',
      'InvocationSucceeded whatsapp',
    ]);
  });

  test('a send that was called off in the turn that asked for it is told of where it belongs', async () => {
    const run: ScriptedRun = await workers.begin(OTP, {
      afterWrite: once('InvocationCancelled', async () => {
        await run.receive({ step: 'whatsapp', status: 'delivered' });
        await turnIsLost(run);
      }),
    });
    await told(run, 'AttemptAccepted');
    await workers.stop();
    await run.receive({ step: 'whatsapp', status: 'undelivered', reason: 'unreachable' });
    await run.handle.signal('cancel', { at: Date.now() });
    await workers.start();
    await run.handle.result();
    expect(await turnsLost(run)).toBe(1);
    const log = await logThatAgrees(run);
    const late = 'LateReceiptRecorded whatsapp delivered';
    expect(log.filter((line) => line !== late)).toEqual([
      ...SENT,
      'ReceiptRecorded whatsapp undelivered unreachable',
      'StepFailed whatsapp unreachable',
      'LadderAdvanced whatsapp unreachable -> sms',
      'StepStarted sms',
      'AttemptRequested sms',
      'InvocationCancelled',
      'StepSkipped sms',
    ]);
    // In the turn that is taken again, or, where the server hands it over a moment later, in the one after it.
    expect(log.slice(log.indexOf('InvocationCancelled')).filter((line) => line === late)).toEqual([late]);
  });
});

const SENT = ['InvocationStarted', 'StepStarted whatsapp', 'AttemptRequested whatsapp', 'AttemptAccepted whatsapp'];
