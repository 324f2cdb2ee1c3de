import { Webhook } from 'standardwebhooks';
import { signatureHeaders } from '../../callbacks/sign';

const secret = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const delivery = { id: 'cbd_1', body: '{"type":"invocation.started","name":"Ünïcode"}' };

test('what is signed is verified by the library of Standard Webhooks', () => {
  const headers = signatureHeaders([{ secret: secret(1), until: null }], delivery, Date.now());
  expect(new Webhook(secret(1)).verify(delivery.body, headers)).toEqual(JSON.parse(delivery.body));
  expect(() => new Webhook(secret(2)).verify(delivery.body, headers)).toThrow();
  expect(() => new Webhook(secret(1)).verify(`${delivery.body} `, headers)).toThrow();
  expect(() => new Webhook(secret(1)).verify(delivery.body, { ...headers, 'webhook-id': 'cbd_2' })).toThrow();
});

test('while a secret is rotated either verifies, and the old one no longer once it has run out', () => {
  const now = Date.now();
  const secrets = [
    { secret: secret(2), until: null },
    { secret: secret(1), until: now + 60_000 },
  ];
  const during = signatureHeaders(secrets, delivery, now);
  for (const byte of [1, 2]) expect(new Webhook(secret(byte)).verify(delivery.body, during)).toBeTruthy();
  const after = signatureHeaders(secrets, delivery, now + 60_000);
  expect(after['webhook-signature']?.split(' ')).toHaveLength(1);
  expect(new Webhook(secret(2)).verify(delivery.body, after)).toBeTruthy();
  expect(() => new Webhook(secret(1)).verify(delivery.body, after)).toThrow();
});
