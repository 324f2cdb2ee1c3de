import { compileLadder } from '../../core/ladder';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { prepareTemplates } from '../scenarios/run-in-house';
import { step } from '../scenarios/scenario';
import { type FakeKind, fakeKind } from '../support/fake-kind';
import { openHouse, type TestHouse } from '../support/house';
import { publishInHouse, startInHouse } from '../support/run-in-house';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const RUNS = 6;
const PER_SECOND = 5;

const folder = temporaryFolder();
let house: TestHouse | null = null;
afterEach(() => house?.remove());

/** SendGrid cannot be asked whether it has a message. */
async function open(kind: FakeKind): Promise<TestHouse> {
  house = await openHouse({ folder, kinds: [kind] });
  return house;
}
const sentBy = ({ opened }: FakeKind) => opened.flatMap(({ sent }) => sent.map(({ invocationId }) => invocationId));

test('sends that waited for their turn when the process was stopped are made by the next one, each once, and none is uncertain', async () => {
  const before = fakeKind('sendgrid');
  const first = await open(before);
  await prepareTemplates(first);
  const account = { id: 'pac_mail', name: 'mail', provider: 'sendgrid', isDefault: true, enabled: true } as const;
  const given = { settings: { sender: 'main' }, credentials: { token: 'sesame' }, perSecond: PER_SECOND };
  await first.api.store.accounts.create({ ...account, ...given }, Date.now());
  await first.api.providers.refresh();
  await first.startEngine();
  const steps = [step('email', { provider: 'sendgrid', timeoutSeconds: 60 })];
  const { flowId, workflowId } = await publishInHouse(first, { steps: [], timeoutSeconds: 60, more: { steps } });
  const definition = (await first.api.store.flows.version(flowId, 1))?.definition;
  if (!definition) throw new Error('the flow was not published');
  const ladder = compileLadder(definition, { flowId, workflowId, version: 1, mode: 'live' }, PROVIDER_CATALOG);
  const ids = await Promise.all(Array.from({ length: RUNS }, () => startInHouse(first, ladder)));
  await first.close();
  expect(sentBy(before).length).toBeLessThan(RUNS);

  const after = fakeKind('sendgrid');
  const second = await open(after);
  await second.startEngine();
  await until(() => sentBy(before).length + sentBy(after).length >= RUNS, 'all are sent', 10_000);
  expect([...sentBy(before), ...sentBy(after)].sort()).toEqual([...ids].sort());
  for (const id of ids) {
    await until(async () => (await second.engine.describe(id))?.steps[0]?.attempts[0]?.send === 'accepted', 'accepted');
  }
  // What was once taken over is not taken over again.
  await second.close();
  const third = await open(fakeKind('sendgrid'));
  await third.startEngine();
  expect((await third.engine.describe(ids[0] ?? ''))?.steps[0]?.attempts).toHaveLength(1);
});
