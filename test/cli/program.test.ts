import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadExamples } from '../../examples/load';
import { runVerb } from '../support/run-verb';

const folder = mkdtempSync(join(tmpdir(), 'onward-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('called wrongly, it ends with 2 and says how', () => {
  test.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['start', '--role', 'king'], 'There is no role “king”: api, receipts, projector, callbacks.'],
    [['invoke'], "missing required argument 'workflowId'"],
    [['invoke', 'wf_otp'], 'Nobody to send to'],
    [['invoke', 'wf_otp', '--to', '+393351234567', '--wait', '61'], '--wait takes 1 to 60 seconds.'],
    [['flows', 'diff', 'wf_otp'], "required option '--from <n>' not specified"],
    [['replay'], "required option '--flow <flow>' not specified"],
    [['replay', '--flow', 'wf_otp', '--draft', '--version', '2'], 'Give one of --draft, --file and --version.'],
    [['replay', '--flow', 'wf_otp', '--from', 'noon'], '“noon” is not a time'],
    [['replay', '--flow', 'wf_otp', '--mode', 'dry'], 'There is no mode “dry”: live, test.'],
    [['receipts', 'send'], 'Give --status, or --file.'],
    [['receipts', 'send', '--status', 'delivered'], 'Say which message'],
    [['simulate', 'examples/otp/flow.json', '--at', 'noon'], '“noon” is not a time'],
    [['simulate', 'examples/otp/flow.json', '--sandbox', 'whatsapp'], '“whatsapp” is not step=script'],
    [['simulate', 'examples/otp/flow.json', '--sandbox', 'fax=silent'], 'The flow has no step “fax”: whatsapp, sms.'],
    [['simulate', 'examples/otp/flow.json', '--sandbox', 'sms=soon'], 'The script of “sms”'],
  ])('%j', async (args, sentence) => {
    const ran = await runVerb(args, { ONWARD_KEY: 'test_k' });
    expect(ran.status).toBe(2);
    expect(ran.err).toContain(sentence);
    expect(ran.err).not.toMatch(/^\s+at /m);
  });
});

test('help is no error, and names every verb', async () => {
  const ran = await runVerb(['--help']);
  expect(ran.status).toBe(0);
  for (const verb of [
    'start',
    'invoke',
    'simulate',
    'lint',
    'flows',
    'runs',
    'replay',
    'receipts',
    'sign-in',
    'demo',
  ]) {
    expect(ran.out).toContain(verb);
  }
});

describe('lint of a file, with no server', () => {
  test.each(loadExamples().map((example) => example.folder))('finds no error in the example %s', async (name) => {
    const ran = await runVerb(['lint', `examples/${name}/flow.json`]);
    expect(ran).toMatchObject({ status: 0, err: '' });
  });

  test('says what blocks publishing, with its place, and ends with 1', async () => {
    const flow = file('unknown-template.json', {
      name: 'x',
      purpose: 'otp',
      steps: [{ name: 'sms', channel: 'sms', template: 'tpl_nobody', timeoutSeconds: 5 }],
    });
    const ran = await runVerb(['lint', flow]);
    expect(ran.status).toBe(1);
    expect(ran.out).toMatch(/^error \/steps\/0\/template: .*tpl_nobody/m);
    expect(ran.err).toMatch(/^1 error: it cannot be published\.$/);
  });

  test('says what does not meet the schema, with its place', async () => {
    const ran = await runVerb(['lint', file('bad.json', { name: 'x', purpose: 'fun', steps: [] })]);
    expect(ran.status).toBe(1);
    expect(ran.err).toMatch(/^ {2}\/purpose: /m);
    expect(ran.err).toMatch(/^ {2}\/steps: /m);
  });

  test('says when a file is not there or is not JSON', async () => {
    expect((await runVerb(['lint', join(folder, 'none.json')])).err).toMatch(/cannot be read: ENOENT\.$/);
    expect((await runVerb(['lint', file('broken.json', '{')])).err).toMatch(/broken\.json is not JSON: /);
  });
});

describe('simulate of a file, with no server', () => {
  const args = ['simulate', 'examples/otp/flow.json', '--at', '2026-11-21T10:00:00Z', '--sandbox', 'whatsapp=silent'];

  test('draws the ladder', async () => {
    const ran = await runVerb(args);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(ran.out).toContain('succeeded: sms reached the person after 30.1 s. It cost 0.071 EUR.');
    expect(ran.out).toContain('no receipt by 10:00:30, so “sms” was');
  });

  test('gives the same as JSON', async () => {
    const ran = await runVerb([...args, '--json']);
    const run = JSON.parse(ran.out);
    expect(run).toMatchObject({ status: 'succeeded', reachedStep: 'sms', costMicros: 71_000 });
    expect(run.events.at(-1).type).toBe('InvocationSucceeded');
  });
});
