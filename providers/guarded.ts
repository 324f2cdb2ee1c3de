import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import type { CircuitState, OpenAccount, ProviderAdapter, ProviderMetrics, SendAnswer, SendRequest } from './contract';

/**
 * Open once half of what was sent lately, ten sends at least, failed for the provider's own sake; a single send is let
 * through after the rest.
 */
const CIRCUIT = { failuresPercent: 50, sendsMin: 10, windowMs: 20_000, buckets: 10, restMs: 5_000 } as const;
/** While the send that tries it out is under way. */
const TRIAL_RETRY_MS = 500;

export interface GuardOptions {
  metrics: Pick<ProviderMetrics, 'sent' | 'circuit'>;
  /** Milliseconds since 1970. */
  clock(): number;
  /** Different from CIRCUIT in tests. */
  circuit?: Partial<Record<keyof typeof CIRCUIT, number>>;
}

export interface Guards {
  /** The account with a circuit breaker of its own around what it sends; closing its adapter takes that down. */
  guard(account: OpenAccount): OpenAccount;
  /** Stops the clock that all of them share. */
  close(): void;
}

/** The answer did not come, or says that the provider is not there for anybody. */
class ProviderFailed extends Error {
  constructor(readonly answer: SendAnswer) {
    super('the provider failed');
  }
}

/** One timer moves the windows of all circuits: each would otherwise have one of its own. */
export function createGuards(options: GuardOptions): Guards {
  const { windowMs, buckets } = { ...CIRCUIT, ...options.circuit };
  const rotation = new EventEmitter().setMaxListeners(0);
  const latest = new Map<string, symbol>();
  const timer = setInterval(() => rotation.emit('rotate'), windowMs / buckets).unref();
  return {
    guard(account) {
      // An account that was changed is opened anew before its old adapter is closed: the new one is what is shown then.
      const own = Symbol();
      latest.set(account.id, own);
      const tell = (state: CircuitState | null) => {
        if (latest.get(account.id) !== own) return;
        options.metrics.circuit(account.id, state);
        if (state === null) latest.delete(account.id);
      };
      const { adapter, send, close } = guardedSend(account, rotation, tell, options);
      return { ...account, adapter: withSend(adapter, send, close) };
    },
    close: () => clearInterval(timer),
  };
}

function guardedSend(
  { id, provider, adapter }: OpenAccount,
  rotation: EventEmitter,
  tell: (state: CircuitState | null) => void,
  options: GuardOptions,
) {
  const { metrics, clock } = options;
  const { failuresPercent, sendsMin, windowMs, buckets, restMs } = { ...CIRCUIT, ...options.circuit };
  let openUntil = 0;
  const breaker = new CircuitBreaker((request: SendRequest) => sendOnce(adapter, request), {
    name: id,
    // How long we wait is the send's own signal.
    timeout: false,
    errorThresholdPercentage: failuresPercent,
    volumeThreshold: sendsMin,
    resetTimeout: restMs,
    rollingCountTimeout: windowMs,
    rollingCountBuckets: buckets,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    rotateBucketController: rotation,
  });
  breaker.on('open', () => {
    openUntil = clock() + restMs;
    tell('open');
  });
  breaker.on('halfOpen', () => tell('half_open'));
  breaker.on('close', () => tell('closed'));
  tell('closed');

  const send = async (request: SendRequest): Promise<SendAnswer> => {
    const answer = await breaker.fire(request).catch((error: Error) => {
      if (error instanceof ProviderFailed) return error.answer;
      if (CircuitBreaker.isOurError(error)) return circuitOpen(openUntil - clock());
      metrics.sent(provider, 'uncertain');
      throw error;
    });
    metrics.sent(provider, answer.outcome === 'rejected' ? answer.reason : answer.outcome);
    return answer;
  };
  const close = async () => {
    breaker.shutdown();
    tell(null);
    await adapter.close?.();
  };
  return { adapter, send, close };
}

/** @throws ProviderFailed for an answer that lies with the provider; what the adapter throws lies with it too */
async function sendOnce(adapter: ProviderAdapter, request: SendRequest): Promise<SendAnswer> {
  const answer = await orAborted(adapter.send(request), request.signal);
  const failed =
    answer.outcome === 'uncertain' || (answer.outcome === 'rejected' && answer.reason === 'provider_unavailable');
  if (failed) throw new ProviderFailed(answer);
  return answer;
}

/** An adapter that does not listen to the signal must not leave the circuit waiting for its trial for ever. */
function orAborted(answer: Promise<SendAnswer>, signal: AbortSignal): Promise<SendAnswer> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve({ outcome: 'uncertain' });
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function circuitOpen(leftMs: number): SendAnswer {
  const retryAfterMs = leftMs > 0 ? leftMs : TRIAL_RETRY_MS;
  return { outcome: 'rejected', reason: 'provider_unavailable', code: 'circuit_open', retryAfterMs };
}

/** The adapter may be of a class with private fields: its methods stay its own. */
function withSend(
  adapter: ProviderAdapter,
  send: ProviderAdapter['send'],
  close: () => Promise<void>,
): ProviderAdapter {
  return {
    facts: adapter.facts,
    send,
    recall: adapter.recall?.bind(adapter),
    lookup: adapter.lookup?.bind(adapter),
    verify: adapter.verify?.bind(adapter),
    normalise: adapter.normalise?.bind(adapter),
    challenge: adapter.challenge?.bind(adapter),
    approvals: adapter.approvals,
    test: adapter.test?.bind(adapter),
    close,
  };
}
