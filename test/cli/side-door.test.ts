import { once } from 'node:events';
import { createServer } from 'node:net';
import { openSideDoor, type SideDoorOptions } from '../../cli/side-door';

const lines: string[] = [];
const note = (_: object, message: string) => void lines.push(message);
const logger = { info: note, warn: note, error: note };
const usual: SideDoorOptions = {
  who: 'worker',
  host: '127.0.0.1',
  port: 0,
  ready: () => null,
  expose: async () => 'onward_things_total 1\n',
  logger,
};

async function withDoor(options: Partial<SideDoorOptions>, visit: (url: string) => Promise<void>): Promise<void> {
  const door = await openSideDoor({ ...usual, ...options });
  try {
    await visit(`http://127.0.0.1:${door.port}`);
  } finally {
    await door.shut();
  }
}

beforeEach(() => {
  lines.length = 0;
});

test('the process lives: 200, whether or not it can work', () =>
  withDoor({ ready: () => 'Temporal does not answer' }, async (url) => {
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  }));

test('a worker that can work is ready', () =>
  withDoor({ ready: async () => null }, async (url) => {
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ready' });
  }));

test('a worker that cannot work says why: 503', () =>
  withDoor({ ready: () => 'Temporal does not answer' }, async (url) => {
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({
      status: 503,
      detail: 'The worker takes no work: Temporal does not answer.',
    });
  }));

test('metrics are Prometheus text', () =>
  withDoor({}, async (url) => {
    const response = await fetch(`${url}/metrics?name=x`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('onward_things_total 1\n');
  }));

test('metrics that cannot be read are a 500, and the door stays open', () =>
  withDoor({ expose: () => Promise.reject(new Error('broken')) }, async (url) => {
    expect((await fetch(`${url}/metrics`)).status).toBe(500);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(lines).toEqual(['/metrics could not be answered']);
  }));

test('anything else is 404, anything but reading 405', () =>
  withDoor({}, async (url) => {
    expect((await fetch(`${url}/v1/flows`)).status).toBe(404);
    const response = await fetch(`${url}/healthz`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  }));

test('a port that was asked for and is in use ends the start, and names the variable', () =>
  withDoor({}, async (url) => {
    const port = Number(new URL(url).port);
    await expect(openSideDoor({ ...usual, port })).rejects.toThrow(
      `ONWARD_WORKER_PORT ${port} is in use on 127.0.0.1. Set it to a free one.`,
    );
  }));

test('a second worker of the machine takes a free port where none was asked for, and says which', async () => {
  const first = createServer();
  first.on('error', () => {});
  first.listen(9464, '127.0.0.1');
  // Somebody else may have it already, which is just as good.
  await Promise.race([once(first, 'listening'), once(first, 'error')]).catch(() => {});
  const door = await openSideDoor({ ...usual, port: null });
  try {
    expect(door.port).not.toBe(9464);
    expect(lines).toEqual([`port 9464 is in use; the metrics are on ${door.port}`]);
    expect((await fetch(`http://127.0.0.1:${door.port}/healthz`)).status).toBe(200);
  } finally {
    await door.shut();
    first.close();
  }
});

test('a host that is not of this machine ends the start, and names the variable', async () => {
  await expect(openSideDoor({ ...usual, host: '203.0.113.1' })).rejects.toThrow('Set HOST to an address');
});

test('shutting waits for nobody who keeps a connection open', async () => {
  const door = await openSideDoor(usual);
  await (await fetch(`http://127.0.0.1:${door.port}/healthz`)).text();
  await door.shut();
  await expect(fetch(`http://127.0.0.1:${door.port}/healthz`)).rejects.toThrow();
});
