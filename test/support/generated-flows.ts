import { dearestMicros } from '../../core/cost';
import { compileLadder, type Ladder } from '../../core/ladder';
import { slotOf } from '../../core/slots';
import type { NewRecord } from '../../log/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import type { Store } from '../../store/contract';
import { flow, parallel, step } from '../scenarios/scenario';
import { type ByKey, countByHand } from './counted-by-hand';
import { generatedRun } from './generated-runs';
import { random } from './random';

const HOUR_MS = 3_600_000;
/** Runs whose records are mixed with each other in the log. */
const SIDE_BY_SIDE = 200;
/** The share of records that a producer writes once more. */
const TWICE = 0.02;
/** The share of runs that begin at any time. */
const STRAY = 0.01;
const FROM = Date.parse('2026-03-27T12:00:00Z');

/** Ladders of every kind that counts are told apart by. */
const DEFINITIONS: readonly FlowDefinition[] = [
  flow([step('whatsapp'), step('sms'), step('email')]),
  flow([step('rcs', { recall: true, successOn: 'read' }), step('sms', { successOn: 'accepted' })], {
    expiresAfterSeconds: 30,
  }),
  flow([parallel('any', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')]),
  flow([parallel('all', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')]),
  flow([step('whatsapp', { onReason: { unreachable: 'retry', blocked: 'stop' } }), step('xms'), step('email')], {
    budget: { maxCostMicros: 72_000, currency: 'EUR', onExceeded: 'skip_step' },
  }),
];

interface Generated {
  definition: FlowDefinition;
  ladder: Ladder;
  reckoned: number[];
}

/** The flows that generated runs are of, published. */
export async function publishGenerated({ flows }: Pick<Store, 'flows'>): Promise<Generated[]> {
  const made: Generated[] = [];
  for (const [n, definition] of DEFINITIONS.entries()) {
    const workflowId = `wf_${n}`;
    const created = await flows.create({ ...definition, name: workflowId }, workflowId, Date.now());
    if (typeof created === 'string') throw new Error(created);
    await flows.publish(created.id, definition, null, Date.now());
    const identity = { flowId: created.id, workflowId, version: 1, mode: 'test' as const };
    const ladder = compileLadder(definition, identity, PROVIDER_CATALOG);
    const reckoned = ladder.rungs.map((rung) => (rung.kind === 'send' ? dearestMicros(rung) : 0));
    made.push({ definition, ladder, reckoned });
  }
  return made;
}

/**
 * The records of many runs as they would stand in a log, a portion at a time, those of some runs mixed, and some of them
 * written twice; and what the rollups have to be, counted by hand. The same for the same seed.
 * @param counted where what each portion adds is put
 */
export function* generatedLog(flows: readonly Generated[], runs: number, counted: ByKey, seed: number) {
  const next = random(seed);
  for (let first = 0; first < runs; first += SIDE_BY_SIDE) {
    const queues: NewRecord[][] = [];
    for (let n = first; n < Math.min(runs, first + SIDE_BY_SIDE); n++) {
      const one = flows[n % flows.length] as Generated;
      const id = `inv_${n}`;
      // Over four days, one after the other, and now and then one that comes to the log long after.
      const share = next() < STRAY ? next() : n / runs;
      const startAt = FROM + Math.floor(share * 96 * HOUR_MS);
      const records = generatedRun(id, one.ladder, startAt, next);
      countByHand(counted, records, one, slotOf);
      queues.push(records.map((record) => ({ key: id, value: JSON.stringify(record) })));
    }
    yield mixed(queues, next);
  }
}

/** Taken from the queues by chance, each in its order. */
function mixed(queues: NewRecord[][], next: () => number): NewRecord[] {
  const records: NewRecord[] = [];
  let open = queues.filter(({ length }) => length > 0);
  const at = new Map(open.map((queue) => [queue, 0]));
  while (open.length > 0) {
    const queue = open[Math.floor(next() * open.length)] as NewRecord[];
    const place = at.get(queue) ?? 0;
    const record = queue[place] as NewRecord;
    records.push(record);
    // A producer that had no answer writes again, now or later.
    if (next() < TWICE) records.push(queue[Math.floor(next() * (place + 1))] as NewRecord);
    at.set(queue, place + 1);
    if (place + 1 === queue.length) open = open.filter((one) => one !== queue);
  }
  return records;
}
