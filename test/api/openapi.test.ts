import official from '@seriousme/openapi-schema-validator/schemas/v3.1/schema.json';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { type ApiUnderTest, publishOtp, startApi } from './api-under-test';
import { fromSchema, word } from './from-schema';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
}
interface Operation {
  parameters: Parameter[];
  requestBody?: { content: Record<string, object> };
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

let api: ApiUnderTest;
let document: Document;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
  document = (await api.call('GET', '/openapi.json', { key: null })).body;
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(official);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  it('leads nowhere with no $ref', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(50);
    const components = document.components as unknown as Record<string, Record<string, object>>;
    for (const [, kind = '', name = ''] of references)
      expect([name, components[kind]?.[name]]).toEqual([name, expect.anything()]);
  });

  it('has every schema compile as JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'https://onward.test/openapi', components: document.components });
    for (const name of Object.keys(document.components.schemas)) {
      const $ref = `https://onward.test/openapi#/components/schemas/${name}`;
      expect(typeof ajv.compile({ $ref })).toBe('function');
    }
  });

  it('has the routes of the contract', () => {
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    for (const route of CONTRACT) expect(routes).toContain(route);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it('has each operation under a name of its own', () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => (operation as unknown as { operationId: string }).operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

const CONTRACT = [
  'POST /v1/flows',
  'GET /v1/flows',
  'GET /v1/flows/{id}',
  'PUT /v1/flows/{id}/draft',
  'POST /v1/flows/{id}/lint',
  'POST /v1/flows/{id}/simulate',
  'POST /v1/flows/{id}/publish',
  'POST /v1/flows/{id}/unpublish',
  'GET /v1/flows/{id}/versions',
  'GET /v1/flows/{id}/versions/{n}',
  'GET /v1/flows/{id}/diff',
  'POST /v1/flows/{id}/replay',
  'GET /v1/analytics/advice',
  'POST /v1/workflows/{workflowId}/invocations',
  'POST /v1/workflows/{workflowId}/invocations/batch',
  'GET /v1/invocations',
  'GET /v1/invocations/{id}',
  'GET /v1/invocations/{id}/events',
  'GET /v1/invocations/{id}/stream',
  'POST /v1/invocations/{id}/cancel',
  'POST /v1/invocations/{id}/complete',
  'POST /v1/receipts',
  'GET /v1/receipts/parked',
  'GET /v1/receipts/dead',
  'POST /v1/receipts/dead/redrive',
  'POST /v1/receipts/{provider}',
  'POST /v1/{sid}/workflow/v1/instances/{workflowId}/invoke',
  'POST /v1/callback-profiles',
  'GET /v1/callback-profiles',
  'GET /v1/callback-profiles/{id}',
  'PUT /v1/callback-profiles/{id}',
  'DELETE /v1/callback-profiles/{id}',
  'POST /v1/callback-profiles/{id}/rotate-secret',
  'POST /v1/callback-profiles/{id}/test',
  'GET /v1/callback-profiles/{id}/deliveries',
  'GET /v1/callback-profiles/{id}/deliveries/{deliveryId}',
  'POST /v1/callback-profiles/{id}/deliveries/{deliveryId}/redeliver',
  'GET /v1/callback-profiles/deliveries/{deliveryId}',
  'POST /v1/callback-profiles/deliveries/{deliveryId}/redeliver',
  'POST /v1/callback-profiles/{id}/redeliver',
  'GET /v1/people',
  'POST /v1/people',
  'GET /v1/people/{id}',
  'PUT /v1/people/{id}',
  'DELETE /v1/people/{id}',
  'POST /v1/people/{id}/invitation',
  'DELETE /v1/people/{id}/sessions',
  'GET /v1/session',
  'POST /v1/session',
  'DELETE /v1/session',
  'PUT /v1/session/password',
  'GET /v1/session/openid',
  'GET /v1/session/openid/callback',
  'GET /v1/invitations/{token}',
  'POST /v1/invitations/{token}',
  'GET /console/sign-in',
  'GET /v1/sandbox/messages',
  'GET /v1/live',
  'GET /v1/saved-views',
  'POST /v1/saved-views',
  'PUT /v1/saved-views/{id}',
  'DELETE /v1/saved-views/{id}',
  'GET /v1/audit',
  'PUT /v1/keys/{id}',
  'POST /v1/keys/{id}/rotate',
  'GET /openapi.json',
  'GET /docs',
  'GET /favicon.ico',
  'GET /console',
  'GET /console/{page}',
  'GET /console/assets/{file}',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
];

describe('every route of the document, fed with what nearly fits', () => {
  it('answers what it does not take with a problem, and never fails', async () => {
    const requests = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => requestOf(path, method.toUpperCase(), operation)),
    );
    const met = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(...requests), async ({ path, method, headers, body, key }) => {
        const answer = await fetch(api.url + path, {
          method,
          headers: { ...headers, 'api-key': api.keys[key] },
          ...(method !== 'GET' && { body }),
        });
        const text = await answer.text();
        met.add(answer.status);
        if (answer.status >= 500) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
        if (answer.status < 400) return;
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        const problem = { status: answer.status, detail: expect.any(String), hint: expect.any(String) };
        expect(JSON.parse(text)).toMatchObject(problem);
      }),
      { numRuns: 1500, interruptAfterTimeLimit: 12_000 },
    );
    expect(api.errors).toEqual([]);
    expect([...met]).toEqual(expect.arrayContaining([200, 400, 403, 404, 422]));
    expect((await api.call('GET', '/readyz', { key: null })).status).toBe(200);
  });
});

function requestOf(path: string, method: string, operation: Operation) {
  const content = operation.requestBody?.content['application/json'] as
    | { schema?: Record<string, unknown> }
    | undefined;
  const components = document.components.schemas as Record<string, Record<string, unknown>>;
  const value = fromSchema(content?.schema ?? {}, components).map((body) => JSON.stringify(body) ?? '');
  const named = (place: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === place);
  const some = (place: Parameter['in']) =>
    fc.record(Object.fromEntries(named(place).map(({ name }) => [name, word])), { requiredKeys: [] });
  return fc
    .record({
      words: fc.array(word, { minLength: 3, maxLength: 3 }),
      query: some('query'),
      headers: some('header'),
      body: fc.oneof({ arbitrary: value, weight: 9 }, { arbitrary: fc.string({ unit: 'binary' }), weight: 1 }),
      type: fc.oneof(
        { arbitrary: fc.constant('application/json'), weight: 9 },
        { arbitrary: fc.constant('text/plain'), weight: 1 },
      ),
      key: fc.constantFrom('owner', 'owner', 'owner', 'test', 'live', 'gateway'),
    })
    .map(({ words, query, headers, body, type, key }) => ({
      path: `${path.replace(/\{\w+\}/g, () => encodeURIComponent(words.pop() ?? '') || 'x')}?${new URLSearchParams(query as Record<string, string>)}`,
      method,
      headers: { ...printable(headers as Record<string, string>), 'content-type': type },
      body,
      key: key as 'owner',
    }));
}

/** What a client can put into a header. */
function printable(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, (value ?? '').replace(/[^ -~]/g, '')]),
  );
}
