import { type ApiUnderTest, expectProblem, must, startApi } from '../api/api-under-test';
import { until } from '../support/until';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

interface Letter {
  id: string;
  cause: string;
  value: string | null;
  redriven: boolean;
}

const list = async (query = '', key?: string): Promise<Letter[]> =>
  (await must(api.call('GET', `/v1/receipts/dead${query}`, key === undefined ? {} : { key }), 200)).body.items;
const values = async (query?: string) => (await list(query)).map(({ value }) => value);
const redrive = (body?: object) => api.call('POST', '/v1/receipts/dead/redrive', { body });

/** Receipts that nobody can take become dead letters, in their order. */
async function bury(...texts: string[]): Promise<void> {
  const before = (await list()).length;
  await api.house.log.append(
    'onward.receipts',
    texts.map((value) => ({ key: 'gateway', value })),
  );
  await until(async () => (await list()).length === before + texts.length, 'they are dead letters');
}

const offsets = () => api.house.log.lag();

describe('GET /v1/receipts/dead', () => {
  it('lists what waits, the oldest first and as many as asked for, and changes nothing', async () => {
    expect(await list()).toEqual([]);
    await bury('{ one', '{ two', '{ three');
    const before = await offsets();
    expect(await values()).toEqual(['{ one', '{ two', '{ three']);
    expect(await values('?limit=2')).toEqual(['{ one', '{ two']);
    expect(await values()).toEqual(['{ one', '{ two', '{ three']);
    expect(await offsets()).toEqual(before);
    expect(before.map(({ group }) => group)).not.toContain('redrive');
    expect((await list())[0]).toMatchObject({ cause: 'not JSON', redriven: false, characters: null });
    expectProblem(await api.call('GET', '/v1/receipts/dead?limit=201'), 422);
  });

  it('lists only what came since they were last given another try', async () => {
    await bury('{ one', '{ two');
    const ids = (await list()).map(({ id }) => id);
    await must(redrive(), 200);
    // They are no better, and dead anew: as other letters.
    await until(async () => (await list()).length === 2, 'they come again');
    const again = await list();
    expect(again.filter(({ id }) => ids.includes(id))).toEqual([]);
    expect(again.map(({ value }) => value)).toEqual(['{ one', '{ two']);
  });

  it('shows a receipt as it came to whoever may see addresses, and to a gateway that there is one', async () => {
    await bury('{"to":"+393331234567"');
    expect(await values()).toEqual(['{"to":"+393331234567"']);
    const [seen] = await list('', api.keys.gateway);
    expect(seen).toMatchObject({ cause: 'not JSON', value: null });
    expectProblem(await api.call('GET', '/v1/receipts/dead', { key: api.keys.live }), 403);
  });

  it('shows what a foreign producer wrote, which is no dead letter of ours', async () => {
    await api.house.log.append('onward.receipts.dead', [
      { key: 'x', value: 'neither' },
      { key: 'x', value: '{"cause":7}' },
      { key: 'x', value: 'null' },
    ]);
    const cause = 'not a dead letter of ours';
    expect(await list()).toMatchObject([
      { cause, value: 'neither', at: null },
      { cause, value: '{"cause":7}', at: null },
      { cause, value: 'null', at: null },
    ]);
    expect((await must(redrive(), 200)).body).toEqual({ redriven: 0, left: 3 });
    expect(await list()).toEqual([]);
  });
});

describe('POST /v1/receipts/dead/redrive', () => {
  it('gives one by its ID another try, which is passed over when all are given one', async () => {
    await bury('{ one', '{ two');
    const [first, second] = await list();
    expect((await must(redrive({ id: second?.id }), 200)).body).toEqual({ redriven: 1, left: 0 });
    await until(async () => (await list()).length === 3, 'it is dead anew');
    expect((await list()).map(({ id, redriven }) => [id, redriven]).slice(0, 2)).toEqual([
      [first?.id, false],
      [second?.id, true],
    ]);
    expect((await must(redrive({}), 200)).body).toEqual({ redriven: 2, left: 0 });
    const { body } = await must(api.call('GET', '/v1/audit?limit=2'), 200);
    expect(body.items).toMatchObject([{ action: 'dead_letters.redriven' }, { action: 'dead_letters.redriven' }]);
  });

  it('does not know one that was given another try with all, nor one that never was', async () => {
    await bury('{ one');
    const [letter] = await list();
    await must(redrive(), 200);
    for (const id of [letter?.id, '0-0', '0-999', '7-1', '0-9999999999999999']) {
      expectProblem(await redrive({ id }), 404);
    }
    expectProblem(await redrive({ id: 'none' }), 422);
  });
});
