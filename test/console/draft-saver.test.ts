import { ApiProblem } from '../../console/client/problem';
import { DraftSaver, type Stored, type Unsaved } from '../../console/pages/flows/draft-saver';
import type { FlowDefinition } from '../../schemas/flow';

const named = (name: string): FlowDefinition => ({
  name,
  purpose: 'otp',
  steps: [{ name: 'sms', channel: 'sms', template: 'tpl_a', timeoutSeconds: 30 }],
});
const away = new ApiProblem({ status: 0, detail: 'The server does not answer.' });

/** A server of one draft, and what the browser keeps. `lost`: it takes the next write, and its answer is lost. */
function ground() {
  let revision = 1;
  const server = { definition: named('first'), lost: false, down: false };
  const kept: (Unsaved | null)[] = [];
  const read = async (): Promise<Stored> => ({ definition: server.definition, etag: `"${revision}"` });
  const write = async (definition: FlowDefinition, etag: string) => {
    if (server.down) throw away;
    if (etag !== `"${revision}"`) throw new ApiProblem({ status: 412, detail: 'stale' });
    if (definition.name === '') throw new ApiProblem({ status: 422, detail: '“name” is too short.' });
    server.definition = definition;
    revision += 1;
    if (server.lost) {
      server.lost = false;
      throw away;
    }
    return `"${revision}"`;
  };
  const saver = new DraftSaver(
    { definition: server.definition, etag: '"1"' },
    { read, write, keep: (unsaved) => kept.push(unsaved) },
  );
  const byAnother = (definition: FlowDefinition) => write(definition, `"${revision}"`);
  return { server, saver, byAnother, kept: () => kept.at(-1) ?? null };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());
const passing = () => jest.advanceTimersByTimeAsync(10_000);

test('what is edited is saved once the person pauses, and nothing is kept in the browser then', async () => {
  const { server, saver, kept } = ground();
  saver.edit(named('second'));
  expect(saver.state.kind).toBe('waiting');
  expect(kept()).toMatchObject({ definition: { name: 'second' }, base: { name: 'first' }, etag: '"1"' });
  await passing();
  expect([saver.state.kind, server.definition.name, kept()]).toEqual(['saved', 'second', null]);
});

test('what somebody else has saved is never overwritten before the person has chosen', async () => {
  const { server, saver, byAnother, kept } = ground();
  await byAnother(named('theirs'));
  saver.edit(named('mine'));
  await passing();
  saver.edit(named('mine too'));
  await passing();
  expect(saver.state).toMatchObject({ kind: 'conflict', theirs: { definition: { name: 'theirs' } } });
  expect([server.definition.name, kept()?.definition.name]).toEqual(['theirs', 'mine too']);
  saver.keepMine();
  await passing();
  expect([saver.state.kind, server.definition.name]).toEqual(['saved', 'mine too']);
});

test('mine is not saved over theirs where theirs has changed again since it was shown', async () => {
  const { server, saver, byAnother } = ground();
  await byAnother(named('theirs'));
  saver.edit(named('mine'));
  await passing();
  await byAnother(named('theirs again'));
  saver.keepMine();
  await passing();
  expect(saver.state).toMatchObject({ kind: 'conflict', theirs: { definition: { name: 'theirs again' } } });
  expect(server.definition.name).toBe('theirs again');
  expect(saver.takeTheirs().name).toBe('theirs again');
  expect(saver.state.kind).toBe('saved');
});

test('a save whose answer was lost is not taken for somebody else’s', async () => {
  const { server, saver } = ground();
  server.lost = true;
  saver.edit(named('second'));
  await jest.advanceTimersByTimeAsync(700);
  expect(saver.state.kind).toBe('away');
  saver.edit(named('third'));
  await passing();
  expect([saver.state.kind, server.definition.name]).toEqual(['saved', 'third']);
});

test('edits made while nobody answers are saved when somebody does', async () => {
  const { server, saver, kept } = ground();
  server.down = true;
  saver.edit(named('second'));
  await passing();
  expect([saver.state.kind, kept()?.definition.name]).toEqual(['away', 'second']);
  server.down = false;
  await passing();
  expect([saver.state.kind, server.definition.name, kept()]).toEqual(['saved', 'second', null]);
});

test('what the server refuses is told and kept, and saved once it is mended', async () => {
  const { server, saver, kept } = ground();
  saver.edit(named(''));
  await passing();
  expect(saver.state.kind).toBe('refused');
  expect(kept()?.definition.name).toBe('');
  saver.edit(named('mended'));
  await passing();
  expect([saver.state.kind, server.definition.name]).toEqual(['saved', 'mended']);
});
