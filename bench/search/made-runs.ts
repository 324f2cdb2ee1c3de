import { compileLadder, type Ladder } from '../../core/ladder';
import { factsOf } from '../../core/run-facts';
import { type SimulateOptions, simulate } from '../../core/simulate';
import type { State } from '../../core/state';
import { dumpState } from '../../core/state-json';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import { parseSandboxScript } from '../../schemas/sandbox-script';
import type { Mode } from '../../schemas/vocabulary';
import type { InvocationRecord, MessageView, NewView, RunView, Store } from '../../store/contract';

/** What there is of everything, so that a query can be sure to meet it. */
export const WORLD = {
  workflows: 20,
  versions: 3,
  keys: 4,
  people: 300_000,
  /** Whom every tenth test run of a load test goes to. */
  testPhone: '+393350000001',
  /** An external ID that many share. */
  campaign: 'campaign-2026',
  days: 90,
} as const;

const DAY_MS = 86_400_000;
const FIRST_AT = Date.parse('2026-08-25T00:00:00Z');

/** How often a run goes so, of 10,000; of the rarest there are 100 in a million. */
const KINDS: readonly { of10000: number; scripts: Record<string, string>; actions?: SimulateOptions['actions'] }[] = [
  { of10000: 7_400, scripts: { whatsapp: 'delivered@2s' } },
  { of10000: 1_600, scripts: { whatsapp: 'silent', sms: 'delivered@3s' } },
  { of10000: 60, scripts: { whatsapp: 'delivered@70s', sms: 'delivered@3s' } },
  { of10000: 39, scripts: { whatsapp: 'delivered@70s', sms: 'reject:landline' } },
  { of10000: 600, scripts: { whatsapp: 'reject:not_on_channel', sms: 'undelivered:unreachable@4s' } },
  { of10000: 100, scripts: { whatsapp: 'silent', sms: 'silent' } },
  { of10000: 100, scripts: { whatsapp: 'silent' }, actions: [{ afterMs: 5_000, input: { type: 'CancelRequested' } }] },
  { of10000: 1, scripts: { whatsapp: 'reject:opted_out', sms: 'reject:opted_out' } },
  // Open ones: those of the last kind are shown as they were before the end.
  { of10000: 100, scripts: { whatsapp: 'silent' } },
];

const STEPS: FlowDefinition['steps'] = [
  { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_wa', timeoutSeconds: 30 },
  { name: 'sms', channel: 'sms', template: 'tpl_sms', timeoutSeconds: 120 },
];

export interface SearchWorld {
  ladders: Ladder[];
  /** Run `n` of a million, the oldest first. */
  made(n: number, runs: number, hash: (address: string) => string): MadeRun;
}

export interface MadeRun {
  view: NewView;
  run: RunView;
  messages: MessageView[];
  record: InvocationRecord;
}

/** Publishes the flows of the world, and what their runs come to. */
export async function searchWorld(store: Pick<Store, 'flows'>): Promise<SearchWorld> {
  const ladders: Ladder[] = [];
  for (let n = 0; n < WORLD.workflows; n++) ladders.push(...(await publish(store, `wf_bench_${n}`)));
  const kinds = new Map(ladders.map((ladder) => [ladder, KINDS.map((_, kind) => stateOf(ladder, kind))]));
  return {
    ladders,
    made: (n, runs, hash) => {
      const ladder = ladders[draw(n, 2, ladders.length)] as Ladder;
      const state = (kinds.get(ladder) ?? [])[kindOf(n)] as State;
      return runOf(n, runs, state, hash);
    },
  };
}

async function publish({ flows }: Pick<Store, 'flows'>, workflowId: string): Promise<Ladder[]> {
  const definition: FlowDefinition = { name: workflowId, purpose: 'otp', steps: STEPS };
  const flow = await flows.create(definition, workflowId, Date.now());
  if (typeof flow === 'string') throw new Error(flow);
  const ladders: Ladder[] = [];
  for (let version = 1; version <= WORLD.versions; version++) {
    await flows.publish(flow.id, definition, null, Date.now());
    for (const mode of ['live', 'live', 'live', 'test'] satisfies Mode[]) {
      ladders.push(compileLadder(definition, { flowId: flow.id, workflowId, version, mode }, PROVIDER_CATALOG));
    }
  }
  return ladders;
}

/** Real states: the core's own, on a virtual clock. */
function stateOf(ladder: Ladder, kind: number): State {
  const { scripts = {}, actions } = KINDS[kind] ?? {};
  const parsed = Object.entries(scripts).map(([step, text]) => {
    const script = parseSandboxScript(text);
    if (!script.ok) throw new Error(script.message);
    return [step, script.script] as const;
  });
  const { state } = simulate(ladder, Object.fromEntries(parsed), { startAt: FIRST_AT, ...(actions && { actions }) });
  if (kind < KINDS.length - 1) return state;
  return { ...state, status: 'running', endedAt: null, endReason: null };
}

/** A number below `most` that has nothing to do with what any other salt gives for the same run. */
function draw(n: number, salt: number, most: number): number {
  let mixed = Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % most;
}

function kindOf(n: number): number {
  let at = draw(n, 1, 10_000);
  const found = KINDS.findIndex(({ of10000 }) => {
    at -= of10000;
    return at < 0;
  });
  return found;
}

export function idOf(n: number): string {
  return `inv_${String(n).padStart(26, '0')}`;
}

export function phoneOf(person: number): string {
  return `+39335${String(1_000_000 + person)}`;
}

function runOf(n: number, runs: number, state: State, hash: (address: string) => string): MadeRun {
  const { ladder, status, endedAt, seq } = state;
  const id = idOf(n);
  const createdAt = FIRST_AT + Math.floor((n / runs) * WORLD.days * DAY_MS);
  const heavy = ladder.mode === 'test' && draw(n, 3, 2) === 0;
  const recipient = {
    phone: heavy ? WORLD.testPhone : phoneOf(draw(n, 4, WORLD.people)),
    id: `user-${draw(n, 4, WORLD.people)}`,
  };
  const externalId = draw(n, 5, 20) === 0 ? WORLD.campaign : `order-${n}`;
  const of = { flowId: ladder.flowId, workflowId: ladder.workflowId, flowVersion: ladder.version, mode: ladder.mode };
  const keyId = `key_${draw(n, 6, WORLD.keys)}`;
  const messages = state.steps.flatMap(({ attempts }, index) =>
    attempts.map(({ number }) => {
      const step = ladder.rungs[index]?.name ?? '';
      return { provider: 'sandbox', providerMessageId: `sbx_${n}_${index}`, invocationId: id, step, attempt: number };
    }),
  );
  const addressHashes = [recipient.phone, recipient.id].map(hash);
  return {
    view: { id, ...of, keyId, externalId, createdAt, addressHashes },
    run: {
      id,
      status: status === 'new' ? 'running' : status,
      endedAt,
      seq,
      state: dumpState(state),
      facts: factsOf(state),
    },
    messages,
    record: {
      ...{ id, ...of, keyId, externalId, createdAt, recipient, metadata: { cart: String(n) } },
      ...{ variables: { code: '493021' }, sandbox: null, costs: null },
    },
  };
}
