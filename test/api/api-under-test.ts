import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashKey } from '../../api/auth';
import type { ApiDeps } from '../../api/deps';
import { createServer } from '../../api/server';
import type { Mode, Role } from '../../schemas/vocabulary';
import { openHouse, type TestHouse, type TestHouseOptions } from '../support/house';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there, and fails where it is not.
  body: any;
}

export interface CallOptions {
  /** Sent as JSON; a string as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Null: none. Left out: the owner's. */
  key?: string | null;
}

/** A real HTTP server on real files, with one key of each kind. */
export interface ApiUnderTest {
  url: string;
  house: TestHouse;
  server: Server;
  keys: typeof KEYS;
  /** What the API told its log as an error of ours. */
  errors: string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

const KEYS = {
  owner: 'live_owner-key-of-the-api-tests',
  live: 'live_invoker-key-of-the-api-tests',
  test: 'test_invoker-key-of-the-api-tests',
  otherTest: 'test_second-invoker-of-the-api-tests',
  gateway: 'live_gateway-key-of-the-api-tests',
} as const;

export async function startApi(
  change: (deps: ApiDeps) => ApiDeps = (deps) => deps,
  options: TestHouseOptions = {},
): Promise<ApiUnderTest> {
  const house = await openHouse(options);
  await house.startEngine();
  await addKey(house, 'owner', KEYS.owner, 'live');
  await addKey(house, 'invoker', KEYS.live, 'live');
  await addKey(house, 'invoker', KEYS.test, 'test');
  await addKey(house, 'invoker', KEYS.otherTest, 'test');
  await addKey(house, 'gateway', KEYS.gateway, 'live');
  const errors: string[] = [];
  const logger = {
    ...house.api.logger,
    error(fields: object, message: string) {
      errors.push(`${message} ${JSON.stringify(fields)}`);
      options.logged?.(message, fields);
    },
  };
  const server = createServer(change({ ...house.api, logger }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    house,
    server,
    keys: KEYS,
    errors,
    call: (method, path, options = {}) => call(url, method, path, options),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house.remove();
    },
  };
}

async function addKey(house: TestHouse, role: Role, secret: string, mode: Mode): Promise<void> {
  const key = { id: `key_${secret}`, name: secret, role, mode, hint: secret.slice(-4), createdAt: Date.now() };
  await house.api.store.keys.create(key, hashKey(secret));
}

async function call(url: string, method: string, path: string, options: CallOptions): Promise<Answer> {
  const { body, key = KEYS.owner } = options;
  const headers: Record<string, string> = { ...options.headers };
  if (key !== null) headers.authorization = `Bearer ${key}`;
  if (body !== undefined) headers['content-type'] ??= 'application/json';
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url + path, { method, headers, ...(sent !== undefined && { body: sent }) });
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json') && !text.includes('}\n{');
  return { status: response.status, headers: response.headers, text, body: json && text ? JSON.parse(text) : text };
}

export const OTP = {
  workflowId: 'wf_otp',
  name: 'OTP: WhatsApp, then SMS',
  purpose: 'otp',
  variables: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } },
  steps: [
    { name: 'whatsapp', channel: 'whatsapp', provider: 'twilio', template: 'tpl_otp_wa', timeoutSeconds: 1 },
    { name: 'sms', channel: 'sms', provider: 'twilio', template: 'tpl_otp_sms', timeoutSeconds: 120 },
  ],
};

/** The flow that most tests invoke: whatsapp, then sms. */
export async function publishOtp(api: ApiUnderTest): Promise<void> {
  for (const channel of ['whatsapp', 'sms']) {
    const id = channel === 'sms' ? 'tpl_otp_sms' : 'tpl_otp_wa';
    await must(
      api.call('POST', '/v1/templates', { body: { id, name: id, channel, content: { text: 'Code {{code}}' } } }),
      201,
    );
    await approve(api, id);
  }
  await must(api.call('POST', '/v1/flows', { body: OTP }), 201);
  await must(api.call('POST', '/v1/flows/wf_otp/publish', { body: {} }), 200);
}

/** By hand, what a provider would have to approve. */
export async function approve(api: ApiUnderTest, template: string): Promise<void> {
  const body = { status: 'approved', reason: 'for the tests' };
  await must(api.call('POST', `/v1/templates/${template}/status`, { body }), 200);
}

/** The answer, where it has the status that a test builds on. */
export async function must(call: Promise<Answer>, status: number): Promise<Answer> {
  const answer = await call;
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`);
  return answer;
}

export const PERSON = { recipient: { phone: '+393351234567' }, variables: { code: '493021' } };
export const INVOKE = '/v1/workflows/wf_otp/invocations';

/** Fails with the whole answer where it is not a problem of that status with a hint. */
export function expectProblem(answer: Answer, status: number): void {
  expect({ status: answer.status, body: answer.body }).toMatchObject({
    status,
    body: {
      type: expect.any(String),
      title: expect.any(String),
      status,
      detail: expect.any(String),
      hint: expect.any(String),
    },
  });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('x-request-id')).toBeTruthy();
}

/** The pointers of a problem's errors. */
export function pointers(answer: Answer): string[] {
  return (answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
}
