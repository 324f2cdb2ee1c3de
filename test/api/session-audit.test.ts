import { INVOKE, must, PERSON, publishOtp } from './api-under-test';
import { browser, PASSWORD, type PeopleUnderTest, startWithPeople } from './people-under-test';

let api: PeopleUnderTest;
beforeAll(async () => {
  api = await startWithPeople();
  await publishOtp(api);
});
afterAll(() => api.close());

const newest = async (action: string) => (await api.call('GET', `/v1/audit?limit=1&action=${action}`)).body.items[0];

describe('the audit of people', () => {
  it('has who was invited by whom, came in, and went, with no address and no token', async () => {
    const { id, token } = await api.invite('operator', 'eva.long@example.com');
    expect(await newest('person.invited')).toMatchObject({
      by: { kind: 'key' },
      resource: { kind: 'person', id },
      after: { email: 'e•••@example.com', role: 'operator' },
    });
    const own = browser(api);
    await must(own.call('POST', `/v1/invitations/${token}`, { body: { password: PASSWORD } }), 200);
    const by = { kind: 'person', id, name: 'A operator' };
    expect(await newest('invitation.accepted')).toMatchObject({ by, outcome: 'done' });
    await must(own.call('DELETE', '/v1/session'), 204);
    expect(await newest('session.signed_out')).toMatchObject({ by });
    await must(own.call('POST', '/v1/session', { body: { email: 'eva.long@example.com', password: PASSWORD } }), 200);
    expect(await newest('session.signed_in')).toMatchObject({ by, outcome: 'done', status: 200 });
    const { text } = await api.call('GET', '/v1/audit?limit=200');
    for (const secret of [token, 'eva.long', PASSWORD]) expect(text).not.toContain(secret);
  });

  it('has who was turned away, and by what address to its first sign', async () => {
    const body = { email: 'mallory@example.com', password: 'let me in, let me in' };
    await must(browser(api).call('POST', '/v1/session', { body }), 401);
    expect(await newest('session.refused')).toMatchObject({
      by: { kind: 'nobody', id: '', name: 'm•••@example.com' },
      outcome: 'refused',
      status: 401,
    });
  });

  it('says what was made of a person before and after', async () => {
    const { id } = await api.invite('analyst', 'li@example.com');
    await must(api.call('PUT', `/v1/people/${id}`, { body: { role: 'publisher' } }), 200);
    expect(await newest('person.changed')).toMatchObject({ before: { role: 'analyst' }, after: { role: 'publisher' } });
    await must(api.call('DELETE', `/v1/people/${id}`), 204);
    expect(await newest('person.removed')).toMatchObject({
      resource: { id },
      before: { role: 'publisher' },
      after: null,
    });
  });

  it('has what a person did by their name', async () => {
    const publisher = await api.signedIn('publisher');
    await must(publisher.browser.call('POST', '/v1/flows/wf_otp/publish', { body: {} }), 200);
    expect(await newest('flow.published')).toMatchObject({ by: { kind: 'person', id: publisher.id } });
  });
});

describe('somebody who has signed in', () => {
  it('makes a test run where they say so', async () => {
    const { browser: own } = await api.signedIn('operator');
    const run = await must(own.call('POST', `${INVOKE}?mode=test`, { body: PERSON }), 202);
    expect((await own.call('GET', `/v1/invocations/${run.body.id}`)).body.mode).toBe('test');
  });

  it('has saved views of their own', async () => {
    const { browser: own, id } = await api.signedIn('analyst');
    const body = { name: 'Late', page: 'runs', search: '?late=true' };
    expect((await must(own.call('POST', '/v1/saved-views', { body }), 201)).body).toMatchObject({ ownerId: id });
    expect((await own.call('GET', '/v1/saved-views')).body.items).toMatchObject([body]);
    expect(await newest('saved_view')).toMatchObject({ action: 'saved_view.created', by: { id } });
  });
});
