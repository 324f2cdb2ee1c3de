import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { openHouse } from '../support/house';
import { ended, forAll, invoke } from '../support/load';
import { serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const RUNS = 60;
const PLACES = 10;
const SCRIPTS = [
  'delivered@5ms',
  'undelivered:unreachable@5ms',
  'early:delivered',
  'reject:blocked',
  'delivered@300ms',
];

const root = temporaryFolder();
const killed = join(root, 'killed');
const start = serverProcesses();
/** What was answered 202, with the length of the write-ahead log at that time: all of it stands before. */
const accepted: { id: string; walBytes: number }[] = [];

beforeAll(async () => {
  const server = await (await start({ dataFolder: killed })).ready();
  for (let n = 0; n < RUNS; n++) {
    const script = SCRIPTS[n % SCRIPTS.length];
    const body = {
      recipient: { phone: '+393351234567' },
      variables: { code: '493021' },
      sandbox: { whatsapp: script },
    };
    const id = await invoke(server, 'wf_otp', { key: `torn-${n}`, body: JSON.stringify(body), id: null });
    if (id !== null) accepted.push({ id, walBytes: statSync(join(killed, 'onward.db-wal')).size });
  }
  await server.kill();
});

/** A copy of what the killed server left, without what is built anew at each start. */
function copyOfKilled(): string {
  const folder = mkdtempSync(join(root, 'copy-'));
  cpSync(killed, folder, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  return folder;
}

function flip(path: string, position: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 0xff;
  writeSync(file, byte, 0, 1, position);
  closeSync(file);
}

function overwrite(path: string, text: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, text, 0, text.length, 0);
  closeSync(file);
}

/** Places from the middle of the load to the last byte. */
function places(): number[] {
  const from = accepted[RUNS / 4]?.walBytes ?? 0;
  const last = statSync(join(killed, 'onward.db-wal')).size - 1;
  return Array.from({ length: PLACES }, (_, n) => Math.round(from + ((last - from) * n) / (PLACES - 1)));
}

/**
 * Opens the house on the folder; what was accepted before `whole` bytes is there, and nothing that is there is torn. How
 * often a message was sent is not asked: the disk had said that these bytes were written, and with them went decisions
 * to send that had been acted upon (for a torn write that had not been answered, see crash.test.ts).
 */
async function expectWhole(folder: string, whole: number): Promise<void> {
  const house = await openHouse({ folder, secret: readFileSync(join(folder, 'secret'), 'utf8').trim() });
  await house.startEngine();
  const missing: string[] = [];
  const known: string[] = [];
  for (const { id, walBytes } of accepted) {
    const [record, state] = [await house.api.store.records.get(id), await house.engine.describe(id)];
    expect(record === null).toBe(state === null);
    if (state) known.push(id);
    else if (walBytes <= whole) missing.push(id);
  }
  // Now every send that was begun has been answered.
  await house.stopEngine();
  for (const id of known) {
    const seqs = (await house.engine.history(id, 0)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, n) => n + 1));
  }
  expect(missing).toEqual([]);
  expect(known.length).toBeGreaterThanOrEqual(RUNS / 4);
  await house.remove();
}

test('the load was accepted, and stands in the write-ahead log', () => {
  expect(accepted).toHaveLength(RUNS);
  const sizes = accepted.map(({ walBytes }) => walBytes);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
});

test('wherever the last write was cut off, it starts with everything that was whole', async () => {
  for (const place of places()) {
    const folder = copyOfKilled();
    truncateSync(join(folder, 'onward.db-wal'), place);
    await expectWhole(folder, place);
  }
});

test('wherever a byte was written wrongly, it starts with everything that was whole before it', async () => {
  for (const place of places()) {
    const folder = copyOfKilled();
    flip(join(folder, 'onward.db-wal'), place);
    await expectWhole(folder, place);
  }
});

test('a server started after a torn write brings every run that it knows to its end', async () => {
  const folder = copyOfKilled();
  const whole = statSync(join(folder, 'onward.db-wal')).size - 3;
  truncateSync(join(folder, 'onward.db-wal'), whole);
  const server = await (await start({ dataFolder: folder })).ready();
  await forAll(accepted, 8, async ({ id, walBytes }) => {
    if (walBytes <= whole) expect((await ended(server, id)).status).toBe('succeeded');
  });
  expect(await server.stop()).toBe(0);
});

test.each(['onward.db', 'views.db'])(
  'garbage in the head of %s ends the start with one line that names the file and the mend',
  async (file) => {
    const folder = copyOfKilled();
    // Without its write-ahead log, which would put the head right again.
    rmSync(join(folder, `${file}-wal`), { force: true });
    overwrite(join(folder, file), Buffer.alloc(100, 'garbage'));
    const server = await start({ dataFolder: folder });
    expect(await server.ended).toBe(1);
    const line = /^onward: ONWARD_DATA holds a file that is damaged \((.*?): [^\n]*\)\. Put back a copy[^\n]*\n$/;
    expect(line.exec(server.stderr())?.[1]).toBe(file);
  },
);
