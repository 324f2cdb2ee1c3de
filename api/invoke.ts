import { hash } from 'node:crypto';
import { addressFor } from '../core/address';
import { EngineUnavailable, type NewRun } from '../core/engine';
import { readPhone } from '../core/phone';
import { acceptedView } from '../core/view';
import type { Invoke, Recipient } from '../schemas/invocation';
import type { Claim, InvocationRecord, RejectionReason } from '../store/contract';
import type { RequestTrace } from '../tracing/contract';
import type { Caller } from './caller';
import type { PreparedFlow } from './flow-cache';
import { outOfScope } from './flow-scope';
import { newInvocationId } from './invocation-id';
import { judgeInvocation, settledRecipient } from './judge-invocation';
import { costsOf } from './pricing';
import { notFound, problem, unavailable } from './problem';
import type { ApiResponse } from './route';
import type { Services } from './services';

/** More invocations than this at once are asked to come again: a queue without end helps nobody. */
const IN_HAND_LIMIT = 5000;

export interface InvokeRequest {
  caller: Caller;
  workflowId: string;
  body: Invoke;
  idempotencyKey: string | null;
  /** What tells one body from another under the same idempotency key. */
  bodyBytes: Buffer | string;
  /** Left out where traces go nowhere. */
  trace?: RequestTrace;
}

export type Invoked =
  /** `answer` is the JSON of the 202, the same to the byte when it is replayed. */
  { ok: true; id: string; answer: string; replay: boolean } | Refused;

/** `reason` null: not one that is counted as a rejection, as where it may still begin. */
export interface Refused {
  ok: false;
  response: ApiResponse;
  reason: RejectionReason | null;
}

export type InvokeService = (request: InvokeRequest) => Promise<Invoked>;

/** Starts invocations: for the single route, the batch and Kaleyra's alike. */
export function invokeService(services: Services): InvokeService {
  let inHand = 0;
  return async (request) => {
    if (inHand >= IN_HAND_LIMIT) return refused(unavailable('Too many invocations are in hand.'), 'overloaded');
    inHand++;
    try {
      const { idempotencyKey } = request;
      if (idempotencyKey === null) return await begin(services, request, newInvocationId(), null);
      return await beginOnce(services, request, idempotencyKey);
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      const reason = error instanceof StartUnknown ? null : 'overloaded';
      return refused(unavailable(`The engine takes no work: ${error.message}.`, error.retryAfterSeconds), reason);
    } finally {
      inHand--;
    }
  };
}

async function beginOnce(services: Services, request: InvokeRequest, idempotencyKey: string): Promise<Invoked> {
  const { caller, workflowId } = request;
  // A caller whose mode was chosen has both, and a key of its own in each.
  const scope = caller.chosen ? `${caller.id} ${workflowId} ${caller.mode}` : `${caller.id} ${workflowId}`;
  // 128 bits of it: rows that come in no order are to be small.
  const bodyHash = hash('sha256', request.bodyBytes, 'base64url').slice(0, 22);
  const claim = await services.store.idempotency.claim(scope, idempotencyKey, bodyHash, services.now());
  if (claim.kind === 'replay') return replay(services, request, claim.invocationId);
  if (claim.kind === 'mismatch') return refused(otherBody(), 'idempotency_conflict');
  if (claim.kind === 'in_flight') return refused(stillInFlight(), 'idempotency_conflict');
  let kept = false;
  try {
    const result = await begin(services, request, newInvocationId(), claim);
    kept = result.ok;
    return result;
  } catch (error) {
    kept = error instanceof StartUnknown;
    throw error;
  } finally {
    // What was refused may be mended and sent again under the same key.
    if (!kept) await claim.release();
  }
}

/** Recorded under its ID, while the engine may or may not have heard of it: to be started again under the same ID. */
class StartUnknown extends EngineUnavailable {
  constructor({ message, retryAfterSeconds }: EngineUnavailable) {
    super(message, retryAfterSeconds);
    this.name = 'StartUnknown';
  }
}

/** The answer as it was given: it follows from the record and the version, so that neither is kept twice. */
async function replay(
  { store, flows, engine }: Services,
  { body, trace }: InvokeRequest,
  id: string,
): Promise<Invoked> {
  const record = await store.records.get(id);
  const flow = record && (await flows.version(record.flowId, record.flowVersion, record.mode));
  if (!record || !flow) return refused(notFound(`What was begun under this Idempotency-Key, ${id},`, 'Use a new key.'));
  trace?.about(id, record.workflowId);
  // Recorded, and perhaps not started: the engine was away then.
  if ((await engine.history(id, 0)).length === 0) await engine.start(runOf(record, flow, body), Promise.resolve());
  return { ok: true, id, answer: JSON.stringify(acceptedView(flow.ladder, record, record.costs)), replay: true };
}

async function begin(
  services: Services,
  { caller, workflowId, body, trace }: InvokeRequest,
  id: string,
  claim: Extract<Claim, { kind: 'new' }> | null,
): Promise<Invoked> {
  const found = await services.flows.published(workflowId, caller.mode);
  if (found.kind !== 'published') return notInvocable(workflowId, found.kind);
  const { flow } = found;
  const outside = outOfScope(caller, flow.ladder.flowId);
  if (outside) return refused(outside);
  const now = services.now();
  const refusal = judgeInvocation(flow, body, services.providers, now);
  if (refusal) return refused(refusal.response, refusal.reason);
  const stopped = services.engine.unavailable();
  if (stopped) return refused(unavailable(`The engine takes no work: ${stopped}.`), 'overloaded');

  const recipient = settledRecipient(body.recipient, caller.mode);
  const costs = caller.mode === 'live' ? await costsOf(services, flow, recipient, body.variables ?? {}) : null;
  const record = recordOf(id, flow, caller, { ...body, recipient }, now, costs);
  if (trace) begunIn(trace, record);
  const answer = JSON.stringify(acceptedView(flow.ladder, record, record.costs));
  // In one turn: where they share one commit, record, key and start are durable together, or none is.
  const recorded = Promise.all([services.store.records.put(record), claim?.settle(id)]);
  const started = services.engine.start(runOf(record, flow, body), recorded);
  const [kept, begun] = await Promise.allSettled([recorded, started]);
  if (begun.status === 'rejected') {
    const { reason } = begun;
    throw kept.status === 'fulfilled' && reason instanceof EngineUnavailable ? new StartUnknown(reason) : reason;
  }
  if (kept.status === 'rejected') throw kept.reason;
  services.metrics.invocationStarted(caller.mode);
  return { ok: true, id, answer, replay: false };
}

/** The run's trace stands with it, so that it goes on in other processes and after a restart. */
function begunIn(trace: RequestTrace, record: InvocationRecord): void {
  trace.about(record.id, record.workflowId);
  if (trace.traceparent !== null) record.traceparent = trace.traceparent;
}

function runOf(
  { id, recipient, costs, traceparent }: InvocationRecord,
  flow: PreparedFlow,
  { sendAt }: Invoke,
): NewRun {
  return {
    invocationId: id,
    ladder: flow.ladder,
    traceparent,
    input: {
      type: 'Invoked',
      unaddressable: unaddressableSteps(flow, recipient),
      timezone: recipient.timezone ?? null,
      sendAt: timeOf(sendAt),
      ...(costs && { costs }),
      ...countryOf(recipient),
    },
  };
}

function recordOf(
  id: string,
  flow: PreparedFlow,
  caller: Caller,
  body: Invoke,
  now: number,
  costs: readonly number[] | null,
): InvocationRecord {
  const { flowId, workflowId, version, mode } = flow.ladder;
  return {
    id,
    flowId,
    workflowId,
    flowVersion: version,
    mode,
    keyId: caller.id,
    externalId: body.externalId ?? null,
    // The schema lets only strings in.
    metadata: (body.metadata ?? null) as Record<string, string> | null,
    createdAt: now,
    recipient: body.recipient,
    variables: body.variables ?? {},
    sandbox: body.sandbox ?? null,
    costs,
  };
}

/** Of the phone number, where it tells: in live mode it was read before, and in test mode it need not be readable. */
function countryOf({ phone }: Recipient): { country?: string } {
  const read = phone === undefined ? null : readPhone(phone);
  return read?.ok && read.country !== null ? { country: read.country } : {};
}

/** Names of the steps that the recipient has no address for. */
export function unaddressableSteps(flow: Pick<PreparedFlow, 'sends'>, recipient: Recipient): string[] {
  const names: string[] = [];
  for (const rung of flow.sends) if (addressFor(rung.channel, recipient) === null) names.push(rung.name);
  return names;
}

function timeOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}

function refused(response: ApiResponse, reason: RejectionReason | null = null): Refused {
  return { ok: false, response, reason };
}

function notInvocable(workflowId: string, kind: 'unknown' | 'never' | 'unpublished'): Refused {
  if (kind === 'unknown')
    return refused(notFound(`The workflow ${workflowId}`, 'GET /v1/flows lists the flows and their workflow IDs.'));
  const detail = kind === 'never' ? 'This flow was never published.' : 'This flow is unpublished.';
  return refused(problem(409, detail, { hint: 'Publish it: POST /v1/flows/{id}/publish.' }), 'not_published');
}

function otherBody(): ApiResponse {
  return problem(422, 'This Idempotency-Key came with another body before.', {
    hint: 'Use a new key for a new request; the same key only with the same body, to the byte.',
  });
}

function stillInFlight(): ApiResponse {
  return problem(409, 'The first request with this Idempotency-Key is still in hand.', {
    hint: 'Send it again in a second: then its answer is replayed.',
    headers: { 'retry-after': '1' },
  });
}
