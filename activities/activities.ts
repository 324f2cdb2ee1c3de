import { addressFor } from '../core/address';
import { FilledTooLong } from '../core/bounded-fill';
import { answerOf, type Input, type LookupOutcome } from '../core/input';
import type { AttemptJob } from '../core/job';
import type { Prices } from '../core/prices';
import type { MessageHandle, ProviderAdapter, ProviderRegistry, SendAnswer, SendRequest } from '../providers/contract';
import type { References } from '../receipts/contract';
import type { RenderedContent } from '../schemas/template';
import type { Reason } from '../schemas/vocabulary';
import type { InvocationRecord, Store } from '../store/contract';
import type { Activities } from './contract';
import { withCost } from './cost-of-send';
import { gate } from './gates';
import { formOf, render } from './render';

/** How long a provider may take to answer what it knows of a message. */
const LOOKUP_PATIENCE_MS = 5_000;

export interface ActivityDeps {
  providers: ProviderRegistry;
  store: Pick<Store, 'records' | 'templates' | 'suppressions' | 'consents'>;
  references: References;
  prices: Prices;
  /** How long a provider may take to answer a send; then it is uncertain. */
  sendTimeoutMs: number;
  /** Milliseconds since 1970. */
  clock(): number;
  /** What went wrong on our side of a send, without addresses or text. */
  onFault(message: string, error: unknown): void;
}

export function createActivities(deps: ActivityDeps): Activities {
  return {
    send: (job, { maybeSent, notAfter }) => send(deps, job, maybeSent, notAfter ?? Number.POSITIVE_INFINITY),
    async lookup(job) {
      return { type: 'LookupAnswered', ...placeOf(job), outcome: await lookup(deps, job) };
    },
    recall: (job) => recall(deps, job),
    async suppressAddress({ invocationId, rung, reason }) {
      const record = await deps.store.records.get(invocationId);
      const address = record && addressFor(rung.channel, record.recipient);
      if (!record || !address) return;
      await deps.store.suppressions.add({ mode: record.mode, channel: rung.channel, address, reason }, deps.clock());
    },
  };
}

async function send(deps: ActivityDeps, job: AttemptJob, maybeSent: boolean, notAfter: number): Promise<Input> {
  const at = placeOf(job);
  if (maybeSent) {
    const known = await lookup(deps, job);
    if (known.known !== 'no') return answerOf(known, at);
  }
  const prepared = await prepare(deps, job);
  if (prepared.kind === 'stopped') return prepared.input;
  if (deps.clock() >= notAfter) return { type: 'SendDropped', ...at };
  // Read before: once the provider has it, nothing may fail.
  const prices = job.flow.mode === 'live' ? await deps.prices.current() : null;
  const { adapter, request } = prepared;
  const answer = await within(deps, adapter, request);
  const account = deps.providers.find(job.route)?.id ?? job.route.account;
  return { ...toInput(prices ? withCost(answer, job, request, account, prices) : answer), ...at };
}

type Prepared =
  | { kind: 'ready'; adapter: ProviderAdapter; request: Omit<SendRequest, 'signal'> }
  | { kind: 'stopped'; input: Input };

/** Everything before the provider is called: what fails here was surely not sent. */
async function prepare(deps: ActivityDeps, job: AttemptJob): Promise<Prepared> {
  const { invocationId, flow, rung } = job;
  const at = placeOf(job);
  const record = await deps.store.records.get(invocationId);
  const address = record && addressFor(rung.channel, record.recipient);
  if (!record || address === null) {
    return { kind: 'stopped', input: { type: 'SendBlocked', ...at, reason: 'no_address' } };
  }
  const held = await gate(deps.store, record, rung, flow, address);
  if (held) return { kind: 'stopped', input: { type: 'SendBlocked', ...at, reason: held } };
  const adapter = adapterOf(deps, job);
  const template = await deps.store.templates.get(rung.template);
  const rejected = (reason: Reason, code: string): Prepared => {
    return { kind: 'stopped', input: { type: 'SendRejected', ...at, reason, code, retryAfterMs: null } };
  };
  if (!adapter) return rejected('auth_failed', 'no_account');
  if (!template) return rejected('template_invalid', 'no_template');
  // It was approved when the flow was published; whoever approves it may have paused it since.
  if (template.status !== 'approved') return rejected('template_not_approved', template.status);
  let content: RenderedContent;
  try {
    content = render(template, record.variables, record.recipient.locale);
  } catch (error) {
    // The same however often it is tried: it must not pass for a store that is away.
    if (error instanceof FilledTooLong) return rejected('content_rejected', 'too_long');
    return rejected('template_invalid', 'not_rendered');
  }
  const formed = formOf(rung.channel, content, address);
  if (formed?.ok === false) return rejected('content_rejected', formed.code);
  if (formed) content.message = formed.form;
  return { kind: 'ready', adapter, request: { ...requestOf(deps, job, record), address, content } };
}

function requestOf(
  deps: ActivityDeps,
  { invocationId, flow, rung, attempt }: AttemptJob,
  record: InvocationRecord,
): Omit<SendRequest, 'signal' | 'address' | 'content'> {
  return {
    ref: deps.references.sign({ invocationId, step: rung.index, attempt }),
    invocationId,
    step: rung.name,
    attempt,
    mode: flow.mode,
    purpose: flow.purpose,
    channel: rung.channel,
    recipient: record.recipient,
    template: rung.template,
    validitySeconds: rung.timeoutMs / 1000,
    script: record.sandbox?.[rung.name] ?? null,
  };
}

/** Calls the provider. No answer in time, or an error on the way, leaves open whether it has the message. */
function within(
  deps: ActivityDeps,
  adapter: ProviderAdapter,
  request: Omit<SendRequest, 'signal'>,
): Promise<SendAnswer> {
  return new Promise((resolve) => {
    const patience = new AbortController();
    const timer = setTimeout(() => {
      // Resolved first: an adapter that forgets to listen to the signal must not keep the run waiting.
      resolve({ outcome: 'uncertain' });
      patience.abort();
    }, deps.sendTimeoutMs);
    const watched: SendRequest = {
      ...request,
      // Made when it is asked for: most sends are answered before anybody looks at it.
      get signal() {
        return patience.signal;
      },
    };
    adapter.send(watched).then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (error) => {
        clearTimeout(timer);
        if (!patience.signal.aborted) deps.onFault(`${adapter.facts.provider} did not answer a send`, error);
        resolve({ outcome: 'uncertain' });
      },
    );
  });
}

type Unplaced<T> = T extends Input ? Omit<T, 'step' | 'attempt'> : never;
type SendInput = Unplaced<Extract<Input, { type: 'SendAccepted' | 'SendRejected' | 'SendUncertain' }>>;

function toInput(answer: SendAnswer): SendInput {
  if (answer.outcome === 'accepted') return { type: 'SendAccepted', ...pick(answer) };
  if (answer.outcome === 'uncertain') return { type: 'SendUncertain' };
  const { reason, code, retryAfterMs } = answer;
  return { type: 'SendRejected', reason, code: codeOf(code), retryAfterMs };
}

/** As long as receipts and events take them; an ID that is longer, or no text, names nothing. */
const PROVIDER_ID_MAX = 200;
const CODE_MAX = 64;

/** What an SDK types as a text need not be one: it stands there as the provider answered it. */
function pick({ providerMessageId: id, costMicros: cost }: { providerMessageId: unknown; costMicros: unknown }) {
  return {
    providerMessageId: typeof id === 'string' && id !== '' && id.length <= PROVIDER_ID_MAX ? id : null,
    costMicros: Number.isSafeInteger(cost) && Number(cost) >= 0 ? Number(cost) : null,
  };
}

function codeOf(code: unknown): string | null {
  return typeof code === 'string' || typeof code === 'number' ? String(code).slice(0, CODE_MAX) : null;
}

/** Bounded; a provider that cannot be asked, or does not answer, leaves it unknown. */
async function lookup(deps: ActivityDeps, job: AttemptJob): Promise<LookupOutcome> {
  const adapter = adapterOf(deps, job);
  if (!adapter?.lookup) return { known: 'unknown' };
  try {
    return await orAfter(LOOKUP_PATIENCE_MS, adapter.lookup(handleOf(deps, job)), { known: 'unknown' });
  } catch (error) {
    deps.onFault(`${job.route.provider} could not be asked about a message`, error);
    return { known: 'unknown' };
  }
}

async function recall(deps: ActivityDeps, job: AttemptJob): Promise<Input> {
  const at = placeOf(job);
  try {
    const answer = await adapterOf(deps, job)?.recall?.(handleOf(deps, job));
    if (answer?.outcome === 'confirmed') return { type: 'RecallConfirmed', ...at };
    return { type: 'RecallFailed', ...at, code: answer?.code ?? null };
  } catch (error) {
    deps.onFault(`${job.route.provider} could not take a message back`, error);
    return { type: 'RecallFailed', ...at, code: null };
  }
}

/** A test reaches nobody but the sandbox, whatever stands in the job. */
function adapterOf(deps: ActivityDeps, { flow, route }: AttemptJob): ProviderAdapter | undefined {
  if (flow.mode === 'test' && route.provider !== 'sandbox') return undefined;
  return deps.providers.find(route)?.adapter;
}

function handleOf(deps: ActivityDeps, { invocationId, rung, attempt, providerMessageId }: AttemptJob): MessageHandle {
  const ref = deps.references.sign({ invocationId, step: rung.index, attempt });
  return { ref, channel: rung.channel, providerMessageId };
}

function orAfter<T>(ms: number, answer: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(otherwise), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function placeOf({ rung, attempt }: AttemptJob): { step: string; attempt: number } {
  return { step: rung.name, attempt };
}
