import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createPayloadCodec } from '../../temporal/codec';

const SECRET = 'a secret for the codec tests';
const codec = createPayloadCodec(SECRET);

async function sealed(value: unknown, by = codec): Promise<Payload> {
  const [payload] = await by.encode([defaultPayloadConverter.toPayload(value)]);
  if (!payload) throw new Error('nothing was encoded');
  return payload;
}

async function opened(payload: Payload, by = codec): Promise<unknown> {
  const [plain] = await by.decode([payload]);
  if (!plain) throw new Error('nothing was decoded');
  return defaultPayloadConverter.fromPayload(plain);
}

function dataOf({ data }: Payload): Buffer {
  return Buffer.from(data ?? []);
}

function metaOf({ metadata }: Payload): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );
}

test('what was encoded decodes again, whatever it holds', async () => {
  for (const value of [
    '',
    'a',
    null,
    undefined,
    0,
    { code: '493021' },
    new Uint8Array([0, 255]),
    'è日本🙂'.repeat(5000),
  ]) {
    expect(await opened(await sealed(value))).toEqual(value);
  }
});

test('many payloads keep their order, and none is fine', async () => {
  const values = Array.from({ length: 50 }, (_, n) => `value ${n}`);
  const payloads = await codec.encode(values.map((value) => defaultPayloadConverter.toPayload(value)));
  const plain = await codec.decode(payloads);
  expect(plain.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual(values);
  expect([await codec.encode([]), await codec.decode([])]).toEqual([[], []]);
});

test('nothing of a payload shows, not even what it was encoded as', async () => {
  const payload = await sealed({ flow: 'wf_otp' });
  expect(dataOf(payload).toString('latin1')).not.toMatch(/wf_otp|flow|json/);
  expect(metaOf(payload)).toEqual({
    encoding: 'binary/encrypted',
    'encryption-cipher': 'AES-256-GCM',
    'encryption-key-id': expect.stringMatching(/^[0-9a-f]{12}$/),
  });
});

test('the same payload is never encrypted alike', async () => {
  const texts = await Promise.all(Array.from({ length: 500 }, async () => dataOf(await sealed('x')).toString('hex')));
  expect(new Set(texts).size).toBe(500);
  // The nonce stands after 16 bytes of salt.
  expect(new Set(texts.map((text) => text.slice(32, 56))).size).toBe(500);
});

test('a flipped bit anywhere in the data is told, and no garbage comes out', async () => {
  const payload = await sealed('wf_otp');
  const data = dataOf(payload);
  for (let at = 0; at < data.length; at++) {
    const altered = Buffer.from(data);
    altered[at] = (altered[at] ?? 0) ^ 1;
    await expect(opened({ ...payload, data: altered })).rejects.toThrow('was altered or cut short');
  }
});

test('cut short at any byte, it is told', async () => {
  const payload = await sealed('wf_otp');
  const data = dataOf(payload);
  for (let length = 0; length < data.length; length++) {
    await expect(opened({ ...payload, data: data.subarray(0, length) })).rejects.toThrow('was altered or cut short');
  }
  await expect(opened({ ...payload, data: null })).rejects.toThrow('was altered or cut short');
});

test('a payload of another secret is told by the IDs of both keys', async () => {
  const other = createPayloadCodec('another secret for the codec tests');
  const payload = await sealed('wf_otp', other);
  const theirs = metaOf(payload)['encryption-key-id'];
  const ours = metaOf(await sealed('wf_otp'))['encryption-key-id'];
  expect(theirs).not.toBe(ours);
  await expect(opened(payload)).rejects.toMatchObject({
    name: 'PayloadUnreadable',
    message: `this payload was encrypted with the key ${theirs}, and ONWARD_SECRET gives the key ${ours}: it is another secret's`,
  });
});

test('a payload that some other codec encrypted is told, without its words', async () => {
  const foreign = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('<b>test</b>') };
  for (const metadata of [foreign, { encoding: foreign.encoding }]) {
    const message = expect.stringMatching(/^this payload was encrypted with a key that is none of ours/);
    await expect(opened({ metadata, data: Buffer.alloc(100) })).rejects.toMatchObject({ message });
  }
});

test('what is not encrypted passes through as the same object', async () => {
  const plain = defaultPayloadConverter.toPayload({ any: 'thing' });
  for (const payload of [plain, {}, { metadata: null, data: null }, { metadata: {}, data: Buffer.from('x') }]) {
    expect((await codec.decode([payload]))[0]).toBe(payload);
  }
});

test('what many processes have encoded decodes in each of them, more than keys are held', async () => {
  const processes = Array.from({ length: 300 }, () => createPayloadCodec(SECRET));
  const payloads = await Promise.all(processes.map((process, n) => sealed(n, process)));
  const reader = createPayloadCodec(Buffer.from(SECRET));
  for (const [n, payload] of payloads.entries()) expect(await opened(payload, reader)).toBe(n);
  expect(await opened(payloads[0] ?? {}, reader)).toBe(0);
});

test('bytes are read where they stand in a larger buffer', async () => {
  const payload = await sealed('wf_otp');
  const around = new Uint8Array(1000);
  const data = dataOf(payload);
  around.set(data, 100);
  expect(await opened({ ...payload, data: around.subarray(100, 100 + data.length) })).toBe('wf_otp');
});
