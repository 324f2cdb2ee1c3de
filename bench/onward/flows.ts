import type { FlowCreate, FlowDefinition } from '../../schemas/flow';
import type { TemplateWrite } from '../../schemas/template';

const TEMPLATE: TemplateWrite = {
  id: 'tpl_bench',
  name: 'Benchmark',
  channel: 'sms',
  content: { text: '{{code}} is your verification code. Do not share it.' },
};

/** The flows that are measured; each validates its variables and renders a template, as a real one does. */
export const FLOWS = {
  /** One step that a receipt ends. */
  wf_bench: flow('wf_bench', 'Benchmark: one step', [step('first')]),
  /** Two steps: a failure receipt moves the run to the second, which ends it when it is accepted. */
  wf_bench_two: flow('wf_bench_two', 'Benchmark: two steps', [
    step('first'),
    { ...step('second'), successOn: 'accepted' },
  ]),
  /** Falls back as often as is asked for; with short timeouts, as they are waited for. */
  wf_bench_three: flow('wf_bench_three', 'Benchmark: three steps', [
    { ...step('first'), timeoutSeconds: 1 },
    { ...step('second'), timeoutSeconds: 1 },
    step('third'),
  ]),
  /** Waits for longer than any benchmark takes. */
  wf_bench_open: flow('wf_bench_open', 'Benchmark: open', [{ ...step('first'), timeoutSeconds: 86_400 }]),
  /** Ends by itself: for filling a data folder. */
  wf_bench_fill: flow('wf_bench_fill', 'Benchmark: accepted is enough', [{ ...step('first'), successOn: 'accepted' }]),
} as const;

export type BenchFlow = keyof typeof FLOWS;

/** Sends as JSON, so that an Idempotency-Key aside every invocation is the same to the byte. */
export const INVOCATION = invocationWith({ first: 'silent' });

/** @param sandbox what becomes of each step's message, by the step's name */
export function invocationWith(sandbox: Record<string, string>): string {
  return JSON.stringify({ recipient: { phone: '+393351234567' }, variables: { code: '493021' }, sandbox });
}

function step(name: string): FlowDefinition['steps'][number] {
  return { name, channel: 'sms', template: 'tpl_bench', timeoutSeconds: 60, successOn: 'delivered' };
}

function flow(workflowId: string, name: string, steps: FlowDefinition['steps']): FlowCreate {
  const variables = { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } };
  return { workflowId, name, purpose: 'otp', variables, steps };
}

/** Writes and publishes them. `call` posts to a path under /v1 and throws for an answer that is not 2xx. */
export async function publishFlows(call: (path: string, body: object) => Promise<void>): Promise<void> {
  await call('/templates', TEMPLATE);
  for (const [workflowId, definition] of Object.entries(FLOWS)) {
    await call('/flows', definition);
    await call(`/flows/${workflowId}/publish`, {});
  }
}
