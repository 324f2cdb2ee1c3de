import { ulid } from 'ulid';
import { addressFor } from '../../core/address';
import type { NewRun } from '../../core/engine';
import { compileLadder, type Ladder } from '../../core/ladder';
import { invocationView } from '../../core/view';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { FlowDefinition } from '../../schemas/flow';
import type { Recipient } from '../../schemas/invocation';
import type { TestHouse } from '../support/house';
import { scriptsOf } from './run-on-core';
import {
  definitionAt,
  EVERYWHERE,
  type Outcome,
  SCENARIO_TEMPLATES,
  type Scenario,
  SECRET_VARIABLES,
  type TimedAction,
} from './scenario';

/** After the last thing that a scenario has in store, a receipt still has to go its way. */
const SETTLE_MS = 400;

export async function prepareHouse(house: TestHouse): Promise<void> {
  await prepareTemplates(house);
  await house.startEngine();
}

export async function prepareTemplates(house: TestHouse): Promise<void> {
  for (const template of SCENARIO_TEMPLATES) await house.api.store.templates.create(template, 'approved', Date.now());
}

/** Every scenario has addresses of its own: one that suppresses an address must not hold up the others. */
export function recipientOf(scenario: Scenario, number: number): Recipient {
  const own = { ...(scenario.recipient ?? EVERYWHERE) };
  const digits = String(number).padStart(4, '0');
  if (own.phone) own.phone = `+39${digits}55${own.phone.slice(-4)}`;
  if (own.email) own.email = own.email.replace('@', `+${digits}@`);
  if (own.pushToken) own.pushToken += digits;
  if (own.messengerId) own.messengerId += digits;
  return own;
}

/** Runs a scenario on the host of the house, on the real clock, through log, consumer, engine and sandbox. */
export async function runInHouse(house: TestHouse, scenario: Scenario, recipient: Recipient): Promise<Outcome> {
  const { engine, api } = house;
  const definition = { ...definitionAt(scenario, Date.now()), name: `${scenario.title} ${ulid()}`.slice(-120) };
  const ladder = await publish(house, definition);
  for (const channel of scenario.suppressed ?? []) {
    const address = addressFor(channel, recipient) ?? '';
    await api.store.suppressions.add({ mode: 'test', channel, address, reason: 'blocked' }, Date.now());
  }
  const id = `inv_${ulid()}`;
  const createdAt = Date.now();
  const stored = api.store.records.put({
    id,
    flowId: ladder.flowId,
    workflowId: ladder.workflowId,
    flowVersion: 1,
    mode: 'test',
    keyId: 'key_test',
    externalId: null,
    metadata: null,
    createdAt,
    recipient,
    variables: scenario.variables ?? SECRET_VARIABLES,
    sandbox: scenario.sandbox ?? null,
    costs: null,
  });
  const input: NewRun['input'] = {
    type: 'Invoked',
    unaddressable: unaddressable(ladder, recipient),
    timezone: recipient.timezone ?? null,
    sendAt: scenario.sendAtMs === undefined ? null : createdAt + scenario.sendAtMs,
  };
  const started = engine.start({ invocationId: id, ladder, input }, stored);
  await Promise.all([stored, started]);
  await Promise.all([
    ...(scenario.actions ?? []).map((action) => act(house, id, action)),
    republish(house, scenario, ladder),
  ]);
  await settled(house, id, scenario);
  const state = await engine.describe(id);
  if (!state) throw new Error('the run is not known');
  const messages = await api.sandbox.messages(id);
  return {
    events: await engine.history(id, 0),
    view: invocationView(state, { id, externalId: null, metadata: null, createdAt }),
    sent: messages.map((message) => `${message.step}#${message.attempt}`),
  };
}

async function publish(house: TestHouse, definition: FlowDefinition): Promise<Ladder> {
  const { flows } = house.api.store;
  const created = await flows.create(definition, null, Date.now());
  if (typeof created === 'string') throw new Error(created);
  await flows.publish(created.id, definition, null, Date.now());
  const identity = { flowId: created.id, workflowId: created.workflowId, version: 1, mode: 'test' } as const;
  return compileLadder(definition, identity, PROVIDER_CATALOG);
}

function unaddressable(ladder: Ladder, recipient: Recipient): string[] {
  return ladder.rungs.flatMap((rung) =>
    rung.kind === 'send' && addressFor(rung.channel, recipient) === null ? [rung.name] : [],
  );
}

async function act(house: TestHouse, id: string, action: TimedAction): Promise<void> {
  await pause(action.afterMs);
  if (action.do === 'cancel') await house.engine.cancel(id);
  else if (action.do === 'complete') await house.engine.complete(id);
  else {
    const { step, attempt, status, reason = null, code = null } = action;
    await house.api.intake.accept([{ invocationId: id, step, attempt, provider: 'sandbox', status, reason, code }]);
  }
}

async function republish(house: TestHouse, { republish: again }: Scenario, ladder: Ladder): Promise<void> {
  if (!again) return;
  await pause(again.afterMs);
  await house.api.store.flows.publish(ladder.flowId, again.definition, null, Date.now());
}

/** It has ended, and what the scripts have in store has come. */
async function settled(house: TestHouse, id: string, scenario: Scenario): Promise<void> {
  let seq = 0;
  for (let state = await house.engine.describe(id); state?.endedAt === null; state = await house.engine.describe(id)) {
    seq = state.seq;
    await house.engine.changed(id, seq, 10_000);
  }
  const delays = Object.values(scriptsOf(scenario.sandbox)).flatMap(({ receipts }) => receipts.map((r) => r.afterMs));
  const messages = await house.api.sandbox.messages(id);
  const last = Math.max(0, ...messages.map((message) => message.receivedAt)) + Math.max(0, ...delays);
  await pause(Math.max(last - Date.now(), 0) + SETTLE_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
