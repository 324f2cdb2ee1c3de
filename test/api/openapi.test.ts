import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { type ApiUnderTest, publishOtp, startApi } from './api-under-test';

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
    const file = join('node_modules', '@seriousme', 'openapi-schema-validator', 'schemas', 'v3.1', 'schema.json');
    const official = JSON.parse(readFileSync(file, 'utf8'));
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
  'POST /v1/workflows/{workflowId}/invocations',
  'POST /v1/workflows/{workflowId}/invocations/batch',
  'GET /v1/invocations',
  'GET /v1/invocations/{id}',
  'GET /v1/invocations/{id}/events',
  'GET /v1/invocations/{id}/stream',
  'POST /v1/invocations/{id}/cancel',
  'POST /v1/invocations/{id}/complete',
  'POST /v1/receipts',
  'POST /v1/receipts/{provider}',
  'POST /v1/{sid}/workflow/v1/instances/{workflowId}/invoke',
  'GET /v1/sandbox/messages',
  'GET /openapi.json',
  'GET /docs',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
];

/** Words that stand somewhere in a flow, so that a guess sometimes goes further than the first check. */
const word = fc.oneof(
  fc.constantFrom('wf_otp', 'whatsapp', 'tpl_otp_sms', 'delivered', '+393351234567', '1', '', '*', '"1"', 'wait=0'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const scalar = fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const key = fc.oneof(
  fc.constantFrom('recipient', 'variables', 'steps', 'name', 'purpose', 'status', 'ref', 'content', 'channel', 'input'),
  fc.constantFrom('__proto__', 'constructor', 'send1', 'sandbox', 'definition', 'version', 'if', '$ref', 'type'),
  word,
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5 }),
  ),
})).value;
const body = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

describe('every route of the document, fed with rubbish', () => {
  it('answers what it does not take with a problem, and never fails', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    const request = fc.record({
      which: fc.nat(operations.length - 1),
      words: fc.array(word, { minLength: 12, maxLength: 12 }),
      body,
      contentType: fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain'),
      role: fc.constantFrom('owner', 'test', 'live', 'gateway'),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ which, words, body, contentType, role }) => {
        const { path, method, operation } = operations[which] as (typeof operations)[number];
        const next = () => words.pop() ?? '';
        const query = new URLSearchParams();
        const headers: Record<string, string> = { 'content-type': contentType, connection: 'close' };
        for (const parameter of operation.parameters) {
          if (parameter.in === 'query') query.set(parameter.name, next());
          if (parameter.in === 'header') headers[parameter.name] = next().replace(/[^ -~]/g, '');
        }
        const filled = path.replace(/\{\w+\}/g, () => encodeURIComponent(next()) || 'x');
        const answer = await fetch(`${api.url}${filled}?${query}`, {
          method,
          headers: { ...headers, 'api-key': api.keys[role as 'owner'] },
          ...(method !== 'GET' && { body }),
        });
        const text = await answer.text();
        if (answer.status >= 500) throw new Error(`${method} ${filled} answered ${answer.status}: ${text}`);
        if (answer.status >= 400) {
          expect(answer.headers.get('content-type')).toContain('application/problem+json');
          expect(JSON.parse(text)).toMatchObject({
            status: answer.status,
            detail: expect.any(String),
            hint: expect.any(String),
          });
        }
      }),
      { numRuns: 600, interruptAfterTimeLimit: 12_000 },
    );
    expect(api.errors).toEqual([]);
    expect((await api.call('GET', '/readyz', { key: null })).status).toBe(200);
  });
});
