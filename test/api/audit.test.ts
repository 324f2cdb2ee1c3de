import { authenticator } from '../../api/auth';
import type { ApiDeps } from '../../api/deps';
import type { Route } from '../../api/route';
import { apiRoutes } from '../../api/routes';
import { createSessions } from '../../api/sessions';
import type { AuditEntry } from '../../store/contract';
import { type ApiUnderTest, expectProblem, INVOKE, must, OTP, PERSON, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
/** What the store is asked to write, in order, and a way to make it fail. */
let written: { entry: AuditEntry; stage: 'begun' | 'done' }[];
let away: 'begun' | 'done' | null = null;
beforeAll(async () => {
  written = [];
  api = await startApi((deps) => ({ ...deps, store: { ...deps.store, audit: watched(deps) } }));
  await publishOtp(api);
});
afterAll(() => api.close());

function watched({ store: { audit } }: ApiDeps): ApiDeps['store']['audit'] {
  return {
    ...audit,
    append(entry, stage) {
      if (stage === away) return Promise.reject(new Error('the disk is gone'));
      written.push({ entry, stage });
      return audit.append(entry, stage);
    },
  };
}

const newest = async (query = '') => (await api.call('GET', `/v1/audit?limit=1${query}`)).body.items[0];

describe('the audit', () => {
  it('says who changed what, and what it was before', async () => {
    const draft = await api.call('GET', '/v1/flows/wf_otp');
    const { workflowId: _workflowId, ...definition } = OTP;
    const headers = { 'if-match': draft.headers.get('etag') ?? '', 'x-request-id': 'req-of-the-draft' };
    await must(
      api.call('PUT', '/v1/flows/wf_otp/draft', { body: { ...definition, expiresAfterSeconds: 900 }, headers }),
      200,
    );
    expect(await newest()).toEqual({
      id: expect.stringMatching(/^aud_/),
      at: expect.any(String),
      by: { kind: 'key', id: `key_${api.keys.owner}`, name: api.keys.owner },
      action: 'flow.draft_saved',
      resource: { kind: 'flow', id: draft.body.id },
      before: draft.body,
      after: expect.objectContaining({ draft: expect.objectContaining({ expiresAfterSeconds: 900 }) }),
      outcome: 'done',
      status: 200,
      requestId: 'req-of-the-draft',
    });
  });

  it('names what was made by the ID that it was given', async () => {
    const made = await must(api.call('POST', '/v1/keys', { body: { name: 'till', role: 'invoker' } }), 201);
    expect(await newest()).toMatchObject({
      action: 'key.created',
      resource: { kind: 'key', id: made.body.id },
      before: null,
      after: { name: 'till', role: 'invoker' },
    });
    expect(await newest(`&resource=${made.body.id}`)).toMatchObject({ action: 'key.created' });
  });

  it('has the attempt that was refused, and what it was refused with', async () => {
    await api.call('PUT', '/v1/flows/wf_otp/draft', {
      body: { ...OTP, workflowId: undefined },
      headers: { 'if-match': '"0"' },
    });
    expect(await newest()).toMatchObject({ action: 'flow.draft_saved', outcome: 'refused', status: 412, after: null });
  });

  it('holds neither a secret nor an address', async () => {
    const secrets = ['live_secret-of-a-header', 'whsec', '+393357654321', 'ann@example.com', 'account-auth-token'];
    const profile = await must(
      api.call('POST', '/v1/callback-profiles', {
        body: { name: 'shop', url: 'https://shop.example/cb', headers: { 'x-key': 'live_secret-of-a-header' } },
      }),
      201,
    );
    await must(api.call('POST', `/v1/callback-profiles/${profile.body.id}/rotate-secret`), 200);
    await must(api.call('POST', '/v1/suppressions', { body: { address: '+393357654321' } }), 201);
    await must(
      api.call('POST', '/v1/consents', {
        body: { recipientId: 'ann@example.com', purpose: 'marketing', granted: true },
      }),
      200,
    );
    const key = await must(
      api.call('POST', '/v1/keys', { body: { name: 'for ann@example.com', role: 'gateway' } }),
      201,
    );
    const { text } = await api.call('GET', '/v1/audit?limit=200');
    for (const secret of [...secrets, profile.body.secret, key.body.secret]) expect(text).not.toContain(secret);
    expect(await newest('&action=consent')).toMatchObject({
      after: [{ recipientId: 'a•••@example.com', granted: true }],
    });
  });

  it('is written before the change is made, and the change is not made where it cannot be', async () => {
    away = 'begun';
    const answer = await api.call('POST', '/v1/keys', { body: { name: 'unwritten', role: 'gateway' } });
    away = null;
    expectProblem(answer, 500);
    expect((await api.call('GET', '/v1/keys')).text).not.toContain('unwritten');
  });

  it('keeps what was begun where nothing could be written after it, and the change is told as made', async () => {
    away = 'done';
    const made = await api.call('POST', '/v1/keys', { body: { name: 'half written', role: 'gateway' } });
    away = null;
    expect(made.status).toBe(201);
    expect(await newest()).toMatchObject({ action: 'key.created', outcome: null, status: null });
    expect(api.errors.splice(0)).toEqual([
      expect.stringContaining('the disk is gone'),
      expect.stringContaining('audit'),
    ]);
  });

  it('has who cancelled a run, and nothing of an invocation itself', async () => {
    const before = written.length;
    const run = await must(
      api.call('POST', INVOKE, {
        body: { ...PERSON, sandbox: { whatsapp: 'silent', sms: 'silent' } },
        key: api.keys.test,
      }),
      202,
    );
    expect(written.length).toBe(before);
    await must(api.call('POST', `/v1/invocations/${run.body.id}/cancel`, { key: api.keys.test }), 200);
    expect(await newest()).toMatchObject({
      by: { id: `key_${api.keys.test}` },
      action: 'invocation.cancelled',
      resource: { kind: 'invocation', id: run.body.id },
      before: { status: 'running' },
      after: { status: 'cancelled' },
    });
  });

  it('is asked by who, action, thing and time, page by page', async () => {
    const all = (await api.call('GET', '/v1/audit?limit=200')).body.items as {
      id: string;
      action: string;
      at: string;
    }[];
    const first = await api.call('GET', '/v1/audit?action=template&limit=2');
    const second = await api.call('GET', `/v1/audit?action=template&limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id)).toEqual(
      all.filter(({ action }) => action.startsWith('template.')).map(({ id }) => id),
    );
    expect((await api.call('GET', `/v1/audit?who=key_${api.keys.test}`)).body.items).toHaveLength(1);
    expect((await api.call('GET', '/v1/audit?to=2020-01-01T00:00:00Z')).body.items).toEqual([]);
    expectProblem(await api.call('GET', '/v1/audit?cursor=x'), 422);
  });

  it('is given as a table and as lines too', async () => {
    const csv = await api.call('GET', '/v1/audit?action=template', { headers: { accept: 'text/csv' } });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text.split('\r\n')[0]).toContain('id,at,byKind,byId,byName,action');
    expect(csv.text).toContain('template.created');
    const lines = await api.call('GET', '/v1/audit?action=template', { headers: { accept: 'application/x-ndjson' } });
    expect(
      lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).action),
    ).toContain('template.created');
  });
});

/** They change nothing that is set up: each with why. */
const NOT_AUDITED: readonly (readonly [route: string, why: string])[] = [
  ['POST /v1/workflows/{workflowId}/invocations', 'a run has a history of its own, with the key that began it'],
  ['POST /v1/workflows/{workflowId}/invocations/batch', 'the same'],
  ['POST /v1/{sid}/workflow/v1/instances/{workflowId}/invoke', 'the same'],
  ['POST /v1/receipts', 'each receipt stands in its run'],
  ['POST /v1/receipts/{provider}', 'the same'],
  ['POST /v1/receipts/{provider}/{token}', 'the same'],
  ['POST /v1/flows/{id}/lint', 'judges a draft'],
  ['POST /v1/flows/{id}/simulate', 'plays a draft'],
  ['POST /v1/flows/{id}/replay', 'plays recorded runs'],
  ['POST /v1/templates/{id}/preview', 'renders'],
  ['POST /v1/templates/preview', 'renders'],
  ['POST /v1/provider-accounts/{id}/test', 'asks whether credentials work'],
  ['POST /v1/callback-profiles/{id}/test', 'makes a callback with made-up facts, and notes nothing'],
];

describe('the table of routes', () => {
  it('has none that changes something without saying what the audit is told of it', () => {
    const auth = authenticator(api.house.api.store.keys, Date.now);
    const table = apiRoutes({
      ...api.house.api,
      now: Date.now,
      auth,
      sessions: createSessions({ ...api.house.api, now: Date.now }),
    });
    const changing = table.filter(({ method }) => method !== 'GET' && method !== 'OPTIONS');
    const name = ({ method, path }: Route) => `${method} ${path}`;
    const silent = changing.filter(({ audit }) => !audit).map(name);
    expect(silent.sort()).toEqual(NOT_AUDITED.map(([route]) => route).sort());
    expect(changing.length).toBeGreaterThan(35);
  });
});
