import { PRICE_LIMITS } from '../../schemas/price';
import { type ApiUnderTest, expectProblem, must, pointers, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const HEAD = 'provider,account,channel,country,currency,costMicros\r\n';
const TABLE = `${HEAD}twilio,,sms,IT,EUR,71000\r\ntwilio,pac_eu,whatsapp,*,EUR,35500\r\nsolapi,,lms,KR,KRW,27000000\r\n`;

const put = (body: string, query = '', type = 'text/csv') =>
  api.call('PUT', `/v1/prices${query}`, { body, headers: { 'content-type': type } });
const csv = async () => (await api.call('GET', '/v1/prices', { headers: { accept: 'text/csv' } })).text;
beforeEach(async () => {
  await must(put(TABLE), 200);
});

describe('the price table', () => {
  it('goes out as CSV the way it came in', async () => {
    expect(await csv()).toBe(TABLE);
    expect((await must(put(await csv()), 200)).body).toEqual({ rows: 3, total: 3 });
    expect(await csv()).toBe(TABLE);
  });

  it('is a list in JSON, and comes in as one', async () => {
    const { items, nextCursor } = (await must(api.call('GET', '/v1/prices'), 200)).body;
    expect(items[0]).toEqual({
      provider: 'twilio',
      account: null,
      channel: 'sms',
      country: 'IT',
      currency: 'EUR',
      costMicros: 71_000,
    });
    expect([items.length, nextCursor]).toEqual([3, null]);
    await must(put(JSON.stringify({ items }), '', 'application/json'), 200);
    expect(await csv()).toBe(TABLE);
  });

  it('takes columns in any order, semicolons, a byte order mark, empty lines and no account column', async () => {
    await must(put('\ufeffcountry;provider;costMicros;currency;channel\n\nIT;twilio;1;EUR;sms\n\n'), 200);
    expect(await csv()).toBe(`${HEAD}twilio,,sms,IT,EUR,1\r\n`);
  });

  it('of one provider is replaced and read apart from the others', async () => {
    const answer = await put(`${HEAD}solapi,,sms,KR,KRW,18000000\r\n`, '?provider=solapi');
    expect(answer.body).toEqual({ rows: 1, total: 3 });
    const { items } = (await api.call('GET', '/v1/prices?provider=solapi')).body;
    expect(items).toEqual([expect.objectContaining({ channel: 'sms', costMicros: 18_000_000 })]);
    await must(put(HEAD, '?provider=twilio'), 200);
    expect(await csv()).toBe(`${HEAD}solapi,,sms,KR,KRW,18000000\r\n`);
  });

  it('tells every bad line by its number, and changes nothing', async () => {
    const lines = [
      'twilio,,sms,IT,EUR,1',
      'pigeon,,sms,IT,EUR,1',
      '',
      'twilio,eu,smoke,it,EUR,-1',
      'twilio,,sms,UK,EUR,1',
      'twilio,,sms,IT,EUR,2',
      'twilio,,sms,FR,EUR,1.5,more',
      'twilio,,sms',
    ];
    const answer = await put(HEAD + lines.join('\r\n'));
    expectProblem(answer, 422);
    const of = (line: number) => pointers(answer).filter((pointer) => pointer.startsWith(`/${line}`));
    expect(of(2)).toEqual([]);
    expect(of(3)).toEqual(['/3/provider']);
    expect(of(5).sort()).toEqual(['/5/account', '/5/channel', '/5/costMicros', '/5/country']);
    expect(of(6)).toEqual(['/6/country']);
    expect(of(7)).toEqual(['/7']);
    expect(of(8).sort()).toEqual(['/8/column 7', '/8/costMicros']);
    expect(of(9).length).toBeGreaterThan(0);
    const messages = answer.body.errors.map(({ message }: { message: string }) => message);
    expect(messages.every((message: string) => /^Line [3-9]: /.test(message))).toBe(true);
    expect(messages).toContainEqual(expect.stringMatching(/^Line 7: .* stands in Line 2 already\.$/));
    expect(answer.body.hint).toContain('Nothing was changed');
    expect(await csv()).toBe(TABLE);
  });

  it.each([
    ['a row of another provider', `${HEAD}twilio,,sms,IT,EUR,1`, '?provider=solapi', '/2/provider'],
    ['a column that is not there', 'provider,chanel\r\n', '', '/1'],
    ['an empty body', '', '', '/1'],
    ['a quoted field that does not end', `${HEAD}"twilio,,sms,IT,EUR,1`, '', '/2'],
  ])('%s is refused', async (_name, body, query, pointer) => {
    const answer = await put(body, query);
    expectProblem(answer, 422);
    expect(pointers(answer)).toContain(pointer);
    expect(await csv()).toBe(TABLE);
  });

  it('as JSON tells a bad item by its place', async () => {
    const good = { provider: 'twilio', channel: 'sms', country: '*', currency: 'EUR', costMicros: 1 };
    const answer = await put(JSON.stringify({ items: [good, { ...good, price: 1 }, good] }), '', 'application/json');
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual(['/items/1/price', '/items/2']);
    expectProblem(await put('[]', '', 'application/json'), 422);
    expectProblem(await put('null', '', 'application/json'), 422);
    expect(await csv()).toBe(TABLE);
  });

  it('has a limit of rows, and a wrong table of thousands of lines is answered with the first of its errors', async () => {
    const body = HEAD + 'x\n'.repeat(PRICE_LIMITS.rows + 1);
    expect(pointers(await put(body))).toEqual(['']);
    const answer = await put(HEAD + 'twilio,,sms,IT,EUR,1\n'.repeat(5_000));
    expect(answer.body.errors).toHaveLength(100);
    expect(answer.body.hint).toContain('4899 more errors');
  });

  it('of millions of cells or empty lines is refused with one error', async () => {
    const wide = await put(`${HEAD}twilio,,sms,IT,EUR,1${','.repeat(1_000_000)}`);
    expectProblem(wide, 422);
    expect(pointers(wide)).toEqual(['/2/column 7']);
    const long = await put(HEAD + '\n'.repeat(7_000_000));
    expectProblem(long, 422);
    expect(pointers(long)).toEqual(['']);
  });

  it('is read by those who may see flows, and written by owners', async () => {
    for (const key of [api.keys.live, api.keys.test, api.keys.gateway]) {
      expectProblem(await api.call('GET', '/v1/prices', { key }), 403);
      const headers = { 'content-type': 'text/csv' };
      expectProblem(await api.call('PUT', '/v1/prices', { key, body: HEAD, headers }), 403);
    }
    expectProblem(await put(HEAD, '', 'text/plain'), 415);
    expectProblem(await put(HEAD, '?provider=pigeon'), 422);
  });
});
