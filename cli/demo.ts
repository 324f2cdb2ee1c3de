import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { WireEvent } from '../schemas/event';
import type { FlowCreate } from '../schemas/flow';
import type { InvocationView } from '../schemas/invocation';
import type { TemplateWrite } from '../schemas/template';
import { type Client, httpClient } from './client';
import { Complaint } from './complaint';
import { drawLadder } from './draw-ladder';
import { fetchRun } from './runs';
import type { Terminal } from './terminal';
import { startThrowaway, type Throwaway } from './throwaway';

const WORKFLOW_ID = 'wf_demo';
const PATIENCE_MS = 15_000;

const TEMPLATES: TemplateWrite[] = [
  { id: 'tpl_demo_wa', name: 'Demo on WhatsApp', channel: 'whatsapp', content: { text: '{{code}} is your code.' } },
  { id: 'tpl_demo_sms', name: 'Demo by SMS', channel: 'sms', content: { text: '{{code}} is your code.' } },
];
/** The OTP example with a timeout that one waits for gladly. */
const FLOW: FlowCreate = {
  workflowId: WORKFLOW_ID,
  name: 'Demo: WhatsApp, then SMS',
  purpose: 'otp',
  variables: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } },
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_demo_wa', timeoutSeconds: 2 },
    { name: 'sms', channel: 'sms', template: 'tpl_demo_sms', timeoutSeconds: 5 },
  ],
};

interface Scene {
  title: string;
  sandbox: Record<string, string>;
  /** What it is to show; until then it is waited for. */
  shows(run: InvocationView): boolean;
}

const SCENES: Scene[] = [
  {
    title: 'WhatsApp stays silent for its 2 s, so the SMS goes out.',
    sandbox: { whatsapp: 'silent', sms: 'delivered@300ms' },
    shows: (run) => run.status === 'succeeded' && run.reachedStep === 'sms',
  },
  {
    title: 'The same, but the WhatsApp receipt comes late: the person was reached twice.',
    sandbox: { whatsapp: 'delivered@3s', sms: 'delivered@300ms' },
    shows: (run) => run.status === 'succeeded' && run.duplicate === true,
  },
];

/** `onward demo`: a server that is gone afterwards, two runs that fall back, and their pictures. */
export function addDemo(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('start a throwaway server, run a flow that falls back, and draw it')
    .action(() => demo(terminal));
}

async function demo(terminal: Terminal): Promise<void> {
  terminal.out('Starting a throwaway server …');
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const server = await startThrowaway();
  try {
    await publish(clientOf(server, server.ownerKey));
    const client = clientOf(server, server.testKey);
    const runs = SCENES.map((scene) => play(client, scene, interrupted.signal));
    const results = await Promise.allSettled(runs);
    for (const [n, result] of results.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const { view, events } = result.value;
      const picture = drawLadder(view, events, terminal.width, terminal.color);
      terminal.out(`\n${n + 1}. ${SCENES[n]?.title ?? ''}\n\n${picture}`);
    }
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await server.stop();
  }
  terminal.out('\nThe throwaway server and its data are gone. `npm start` starts one that stays.');
}

function clientOf(server: Throwaway, key: string): Client {
  return httpClient({ ONWARD_URL: server.url, ONWARD_KEY: key });
}

async function publish(owner: Client): Promise<void> {
  for (const template of TEMPLATES) await owner.send('POST', '/templates', template);
  await owner.send('POST', '/flows', FLOW);
  await owner.send('POST', `/flows/${WORKFLOW_ID}/publish`, {});
}

async function play(
  client: Client,
  scene: Scene,
  interrupted: AbortSignal,
): Promise<{ view: InvocationView; events: WireEvent[] }> {
  const body = { recipient: { phone: '+393351234567' }, variables: { code: '493021' }, sandbox: scene.sandbox };
  const { id } = (await client.send<{ id: string }>('POST', `/workflows/${WORKFLOW_ID}/invocations`, body)).body;
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until && !interrupted.aborted) {
    const view = await client.get<InvocationView>(`/invocations/${id}`);
    if (scene.shows(view)) return fetchRun(client, id);
    await pause(100);
  }
  if (interrupted.aborted) throw new Complaint('Interrupted.');
  throw new Complaint(`The demo did not come out as it should within ${PATIENCE_MS / 1000} s: “${scene.title}”`);
}
