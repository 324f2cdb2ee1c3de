import type { ProviderFacts } from '../../core/provider-facts';
import type { AccountRecord } from '../../providers/account-record';
import { environmentAccounts } from '../../providers/environment';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { createRegistry, type LiveRegistry, onlyAccount } from '../../providers/registry';
import { createSecretPaths } from '../../providers/secret-path';
import type { Provider } from '../../schemas/vocabulary';
import { type FakeKind, fakeKind } from '../support/fake-kind';
import { until } from '../support/until';

const TOKEN = 'credential-of-the-registry-tests';
let twilio: FakeKind;
let http: FakeKind;
let stored: AccountRecord[];
let faults: string[];
let catalog: Record<string, ProviderFacts>;
let away = false;
const open: LiveRegistry[] = [];

beforeEach(() => {
  twilio = fakeKind('twilio', { signs: true, variable: 'FAKE_TOKEN' });
  http = fakeKind('http');
  stored = [];
  faults = [];
  catalog = { ...PROVIDER_CATALOG };
  away = false;
});
afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close();
});

async function registryOf(options: { env?: NodeJS.ProcessEnv; refreshMs?: number; graceMs?: number } = {}) {
  const kinds = [twilio, http];
  const onFault = (message: string, error: unknown) => void faults.push(`${message}: ${error}`);
  const { env = {}, ...rest } = options;
  const registry = createRegistry({
    accounts: {
      async all() {
        if (away) throw new Error('the store is away');
        return [...stored];
      },
    },
    kinds,
    environment: environmentAccounts(kinds, env, onFault),
    builtIn: [onlyAccount({ facts: PROVIDER_CATALOG.sandbox, send: () => Promise.reject(new Error('not here')) })],
    catalog,
    secretPath: createSecretPaths('a secret'),
    world: ({ id }) => ({
      callbackUrl: () => id,
      secretUrl: () => id,
      receive: async () => {},
      unknownCode: () => {},
      onFault,
      clock: Date.now,
    }),
    guard: (account) => account,
    onFault,
    ...rest,
  });
  open.push(registry);
  await registry.refresh();
  return registry;
}

const account = (id: string, change: Partial<AccountRecord> = {}): AccountRecord => ({
  ...{ id, name: id, provider: 'twilio', isDefault: false, enabled: true, perSecond: null, revision: 1, createdAt: 1 },
  ...{ settings: { sender: 'main' }, credentials: { token: TOKEN } },
  ...change,
});
const defaultOf = (registry: LiveRegistry, provider: Provider = 'twilio') =>
  registry.find({ provider, account: null })?.id ?? null;

describe('the default of a provider', () => {
  test('is the marked account, else the environment’s, else the oldest that is enabled', async () => {
    stored = [account('pac_young', { createdAt: 3 }), account('pac_old', { createdAt: 2 })];
    stored.push(account('pac_off', { createdAt: 1, enabled: false }));
    const alone = await registryOf();
    expect(defaultOf(alone)).toBe('pac_old');
    const withEnvironment = await registryOf({ env: { FAKE_TOKEN: TOKEN } });
    expect(defaultOf(withEnvironment)).toBe('pac_env_twilio');
    stored[0] = account('pac_young', { createdAt: 3, isDefault: true, revision: 2 });
    await withEnvironment.refresh();
    expect(defaultOf(withEnvironment)).toBe('pac_young');
    expect(withEnvironment.of('twilio').map(({ id, isDefault }) => [id, isDefault])).toEqual([
      ['pac_young', true],
      ['pac_env_twilio', false],
      ['pac_old', false],
    ]);
  });

  test('has no stand-in where it cannot be opened', async () => {
    stored = [account('pac_marked', { isDefault: true, settings: { sender: 'broken' } }), account('pac_other')];
    const registry = await registryOf();
    expect(defaultOf(registry)).toBeNull();
  });

  test('of a provider without accounts is none, and of the sandbox itself', async () => {
    const registry = await registryOf();
    expect(defaultOf(registry)).toBeNull();
    expect(defaultOf(registry, 'sandbox')).toBe('pac_sandbox');
  });
});

test('an account is found by its name, at its own provider only, and not while it is switched off', async () => {
  stored = [account('pac_eu'), account('pac_off', { enabled: false })];
  const registry = await registryOf();
  expect(registry.find({ provider: 'twilio', account: 'pac_eu' })?.id).toBe('pac_eu');
  expect(registry.find({ provider: 'http', account: 'pac_eu' })).toBeNull();
  expect(registry.find({ provider: 'twilio', account: 'pac_off' })).toBeNull();
  expect(registry.find({ provider: 'twilio', account: 'pac_none' })).toBeNull();
  expect(registry.all().map(({ id }) => id)).toEqual(['pac_sandbox', 'pac_eu']);
  expect(registry.receiving('twilio').map(({ id }) => id)).toEqual(['pac_eu', 'pac_off']);
});

test('an account is opened when it is first needed, and only once', async () => {
  stored = [account('pac_eu')];
  const registry = await registryOf();
  expect(twilio.opened).toHaveLength(0);
  expect(registry.find({ provider: 'twilio', account: null })).toBe(registry.of('twilio')[0]);
  await registry.refresh();
  registry.all();
  expect(twilio.opened.map(({ options }) => options)).toEqual([
    { id: 'pac_eu', settings: { sender: 'main' }, credentials: { token: TOKEN } },
  ]);
});

test('one whose receipts come over its own connection is opened with the process', async () => {
  http = fakeKind('http', { connects: true });
  stored = [account('pac_smsc', { provider: 'http' }), account('pac_eu')];
  const registry = await registryOf();
  registry.connect();
  stored.push(account('pac_second', { provider: 'http' }), account('pac_off', { provider: 'http', enabled: false }));
  await registry.refresh();
  expect(http.opened.map(({ options }) => options.id)).toEqual(['pac_smsc', 'pac_second']);
  expect(twilio.opened).toHaveLength(0);
});

test('a changed account is opened anew, and the adapter from before is closed when its sends had their time', async () => {
  stored = [account('pac_eu')];
  const registry = await registryOf({ graceMs: 40 });
  const before = registry.find({ provider: 'twilio', account: 'pac_eu' });
  stored = [account('pac_eu', { revision: 2, settings: { sender: 'other' } })];
  await registry.refresh();
  const after = registry.find({ provider: 'twilio', account: 'pac_eu' });
  expect(after).not.toBe(before);
  expect(twilio.opened.map(({ closed }) => closed)).toEqual([false, false]);
  await until(() => twilio.opened[0]?.closed === true, 'the adapter to be closed', 2_000);
  expect(twilio.opened[1]?.closed).toBe(false);
});

test('what changes without a new revision is seen at an account that stays open', async () => {
  stored = [account('pac_eu'), account('pac_us', { createdAt: 2 })];
  const registry = await registryOf();
  const eu = registry.find({ provider: 'twilio', account: 'pac_eu' });
  stored = [account('pac_eu'), account('pac_us', { createdAt: 2, isDefault: true, revision: 2 })];
  await registry.refresh();
  expect(registry.find({ provider: 'twilio', account: 'pac_eu' })).toBe(eu);
  expect(eu?.isDefault).toBe(false);
});

test('an account that cannot be opened is a fault that names it, once, and stops no other', async () => {
  stored = [account('pac_bad', { settings: { sender: 'broken' } }), account('pac_good')];
  const registry = await registryOf();
  expect(registry.all().map(({ id }) => id)).toEqual(['pac_sandbox', 'pac_good']);
  expect(registry.find({ provider: 'twilio', account: 'pac_bad' })).toBeNull();
  expect(faults).toEqual([expect.stringContaining('pac_bad')]);
  expect(faults.join()).not.toContain(TOKEN);
});

test('an account of the environment that cannot be right is a fault that names what is wrong, without what stands there', async () => {
  const registry = await registryOf({ env: { FAKE_TOKEN: 'short' } });
  expect(defaultOf(registry)).toBeNull();
  expect(faults).toEqual([expect.stringMatching(/twilio in the environment.*“token”/)]);
  expect(faults.join()).not.toContain('short');
});

test('a variable that cannot be read stops no start', async () => {
  stored = [account('pac_eu')];
  const registry = await registryOf({ env: { FAKE_TOKEN: 'unreadable' } });
  expect(defaultOf(registry)).toBe('pac_eu');
  expect(faults).toEqual([expect.stringContaining('twilio in the environment cannot be used')]);
});

test('what others changed is seen by itself; while the store is away the accounts stay, and that is told once', async () => {
  stored = [account('pac_eu')];
  const registry = await registryOf({ refreshMs: 5 });
  registry.start();
  stored.push(account('pac_us'));
  await until(() => registry.of('twilio').length === 2, 'the second account', 2_000);
  away = true;
  await until(() => faults.length > 0, 'the fault', 2_000);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(registry.of('twilio')).toHaveLength(2);
  expect(faults).toHaveLength(1);
  away = false;
  stored.pop();
  await until(() => registry.of('twilio').length === 1, 'the account to go', 2_000);
});

test('the catalog has the facts of every account, and loses them with it', async () => {
  stored = [account('pac_dear', { settings: { sender: 'dear' } }), account('pac_off', { enabled: false })];
  const registry = await registryOf({ env: { FAKE_TOKEN: TOKEN } });
  expect(catalog['twilio:pac_dear']?.costMicros.sms).toBe(99_000);
  expect(Object.keys(catalog).filter((name) => name.includes(':'))).toEqual([
    'sandbox:pac_sandbox',
    'twilio:pac_env_twilio',
    'twilio:pac_dear',
    'twilio:pac_off',
  ]);
  stored = [];
  await registry.refresh();
  expect(catalog['twilio:pac_dear']).toBeUndefined();
});

test('a provider named alone can do what its default account can, and without one what is said of it in general', async () => {
  stored = [account('pac_dear', { settings: { sender: 'dear' } }), account('pac_other', { createdAt: 2 })];
  const registry = await registryOf();
  expect(catalog.twilio?.costMicros.sms).toBe(99_000);
  const known = catalog.twilio;
  await registry.refresh();
  expect(catalog.twilio).toBe(known);
  stored = [account('pac_dear', { settings: { sender: 'dear' } }), account('pac_other', { isDefault: true })];
  await registry.refresh();
  expect(catalog.twilio).toBe(catalog['twilio:pac_other']);
  stored = [];
  await registry.refresh();
  expect(catalog.twilio).toBe(PROVIDER_CATALOG.twilio);
});

test('a secret path is one account’s alone, at its own provider, and another house’s is another', async () => {
  const [ours, theirs] = [createSecretPaths('a secret'), createSecretPaths('another secret')];
  stored = [account('pac_eu'), account('pac_gw', { provider: 'http', enabled: false })];
  const registry = await registryOf();
  const token = ours('pac_gw');
  expect(token).toMatch(/^[\w-]{22}$/);
  expect(registry.bySecret('http', token)?.id).toBe('pac_gw');
  expect(registry.bySecret('twilio', token)).toBeNull();
  for (const wrong of [theirs('pac_gw'), ours('pac_eu'), token.slice(1), `${token}A`, '', 'ü'.repeat(11)]) {
    expect(registry.bySecret('http', wrong)).toBeNull();
  }
});

test('closed, it has closed every adapter, also those that waited for it, and finds nothing', async () => {
  stored = [account('pac_eu')];
  const registry = await registryOf();
  registry.all();
  stored = [account('pac_eu', { revision: 2 })];
  await registry.refresh();
  registry.all();
  await registry.close();
  expect(twilio.opened.map(({ closed }) => closed)).toEqual([true, true]);
  expect(registry.of('twilio')).toEqual([]);
});
