import { isDeepStrictEqual } from 'node:util';
import { receiptKey } from '../../core/attempt-status';
import type { Ladder } from '../../core/ladder';
import { rungAt, sendRungOf } from '../../core/ladder';
import type { State } from '../../core/state';
import { stepAt } from '../../core/state';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { openMongoOutbox } from '../../providers/sandbox/outbox-mongo';
import { createReferences } from '../../receipts/reference';
import { resolve } from '../../receipts/resolve';
import type { DeadLetter } from '../../schemas/dead-letter';
import type { EventRecord } from '../../schemas/event';
import type { Receipt } from '../../schemas/receipt';
import { createLadderSource } from '../../store/ladders';
import { createSeal } from '../../store/seal';
import type { BesiegedCluster } from './besieged-cluster';
import { type Folded, foldOf, readModelsOf, readTopic, type TopicRecord } from './folded';
import { HOUSE_SECRET } from './house';
import { untilQuiet } from './kafka-admin';

export interface Reckoning {
  /** What is not as it has to be, in sentences. */
  complaints: string[];
  fold: Folded;
  events: TopicRecord[];
  receipts: TopicRecord[];
  dead: DeadLetter[];
}

const COMPLAINTS_TOLD = 10;
const STATE_TOLD = 500;

/**
 * Waits until nothing moves any more and looks at everything from outside: the topics by a client of its own, the
 * store by a connection of its own, what the sandbox has received, and the book of what was answered.
 */
export async function reckon(cluster: BesiegedCluster, withinMs = 150_000): Promise<Reckoning> {
  const late = await untilQuiet(cluster, withinMs);
  const read = (topic: string) => readTopic(cluster.brokers, `${cluster.prefix}${topic}`);
  const events = await read('onward.events');
  const receipts = await read('onward.receipts');
  const dead = (await read('onward.receipts.dead')).map(({ value }) => JSON.parse(value) as DeadLetter);
  const fold = await foldOf(events, ladderSource(cluster));
  const complaints = [
    ...(late === null ? [] : [late]),
    ...judgeRuns(cluster, fold),
    ...(await judgeModels(cluster, fold)),
    ...(await judgeHistories(cluster, fold)),
    ...(await judgeSends(cluster, fold)),
    ...(await judgeReceipts(cluster, fold, receipts, dead)),
  ];
  return { complaints: complaints.slice(0, COMPLAINTS_TOLD), fold, events, receipts, dead };
}

function ladderSource({ store }: BesiegedCluster): (record: EventRecord) => Promise<Ladder> {
  const ladders = createLadderSource(store.flows, PROVIDER_CATALOG);
  return async ({ flowId, flowVersion, mode }) => {
    const ladder = await ladders(flowId, flowVersion, mode);
    if (!ladder) throw new Error(`there is no version ${flowVersion} of ${flowId}`);
    return ladder;
  };
}

/** Every run that was answered 202 is there, and whatever was begun has ended. */
function judgeRuns({ taken }: BesiegedCluster, { states }: Folded): string[] {
  const lost = [...taken].filter((id) => !states.has(id)).map((id) => `${id} was taken, and the log has nothing of it`);
  const open = [...states].filter(([, { endedAt }]) => endedAt === null).map(([id]) => `${id} has not ended`);
  return [...lost, ...open];
}

async function judgeModels({ store }: BesiegedCluster, fold: Folded): Promise<string[]> {
  const models = await readModelsOf(store);
  return [...differences('run', models.runs, fold.runs), ...differences('rollup', models.rollups, fold.rollups)];
}

function differences<T>(what: string, found: ReadonlyMap<string, T>, wanted: ReadonlyMap<string, T>): string[] {
  const names = new Set([...found.keys(), ...wanted.keys()]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(found.get(name), wanted.get(name)))
    .map((name) => {
      const [is, shouldBe] = [found, wanted].map((map) => JSON.stringify(map.get(name))?.slice(0, STATE_TOLD));
      return `the ${what} ${name} is ${is}, and by the events ${shouldBe}`;
    });
}

/** What the API tells of a run comes from there. */
async function judgeHistories(cluster: BesiegedCluster, { runs }: Folded): Promise<string[]> {
  const complaints: string[] = [];
  for (const [id, state] of runs) {
    const kept = (await cluster.histories.of(id)).map((value) => ({ value }));
    const folded = await foldOf(kept, ladderSource(cluster));
    if (!isDeepStrictEqual(folded.runs.get(id), state))
      complaints.push(`the history of ${id} is not what the log has of it`);
  }
  return complaints;
}

/** An attempt that was accepted has reached the sandbox once, any other at most once, and none that was not decided. */
async function judgeSends({ db }: BesiegedCluster, { states }: Folded): Promise<string[]> {
  const outbox = await openMongoOutbox(db, { seal: createSeal(HOUSE_SECRET), clock: Date.now });
  const complaints: string[] = [];
  for (const [id, { ladder, steps }] of states) {
    const sent = (await outbox.messages(id)).map(({ step, attempt }) => `${step}#${attempt}`);
    const decided = steps.flatMap(({ attempts }, index) =>
      attempts.map(({ number, send }) => ({ name: `${rungAt(ladder, index).name}#${number}`, send })),
    );
    for (const { name, send } of decided) {
      const times = sent.filter((one) => one === name).length;
      const wrong = times > 1 || (send === 'accepted' && times === 0);
      if (wrong) complaints.push(`${id} ${name} (${send}) has been sent ${times} times`);
    }
    const undecided = sent.filter((one) => !decided.some(({ name }) => name === one));
    complaints.push(...undecided.map((name) => `${id} ${name} was sent, and nobody decided so`));
  }
  return complaints;
}

/** Every receipt that was acknowledged stands in the topic, and each one there was taken once, or is dead: none is parked any more. */
async function judgeReceipts(
  { acknowledged, store }: BesiegedCluster,
  { states }: Folded,
  records: readonly TopicRecord[],
  dead: readonly DeadLetter[],
): Promise<string[]> {
  const elsewhere = new Set(dead.map(({ value }) => value));
  const buried = new Set(dead.map(({ source }) => `${source.partition}/${source.position}`));
  const complaints: string[] = [];
  const codes = new Set<unknown>();
  for (const { partition, offset, value } of records) {
    const receipt = receiptOf(value);
    codes.add(receipt?.code);
    if (elsewhere.has(value) || buried.has(`${partition}/${offset}`)) continue;
    if (!receipt || !(await wasTaken(receipt, states, store)))
      complaints.push(`nothing became of ${value.slice(0, 300)}`);
  }
  for (const code of acknowledged) if (!codes.has(code)) complaints.push(`${code} was acknowledged, and is not there`);
  for (const [id, { steps }] of states) {
    const doubled = steps.some(({ attempts }) => attempts.some(({ seen }) => new Set(seen).size < seen.length));
    if (doubled) complaints.push(`${id} has taken a receipt twice`);
  }
  return complaints;
}

function receiptOf(value: string): Receipt | null {
  try {
    return JSON.parse(value) as Receipt;
  } catch {
    return null;
  }
}

async function wasTaken(
  receipt: Receipt,
  states: ReadonlyMap<string, State>,
  store: BesiegedCluster['store'],
): Promise<boolean> {
  const resolution = await resolve(receipt, createReferences(HOUSE_SECRET), store.invocations);
  if (resolution.kind !== 'resolved') return false;
  const state = states.get(resolution.invocationId);
  const rung = state && sendRungOf(state.ladder, resolution.input.step);
  if (!state || !rung) return false;
  const { attempts } = stepAt(state, rung.index);
  const { status, reason, code, attempt } = resolution.input;
  const named = attempt === null ? attempts.at(-1) : attempts[attempt - 1];
  return named?.seen.includes(receiptKey(status, reason ?? undefined, code ?? undefined)) ?? false;
}
