import { type AuditEntry, type AuditQuery, BadCursor } from '../../store/contract';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;

export function describeAudit(open: OpenStore): void {
  describe('the audit', () => {
    const held = storeForEachTest(open);
    const audit = () => held.now.store.audit;
    const entry = (n: number, over: Partial<AuditEntry> = {}): AuditEntry => ({
      ...{ id: `aud_${n}`, at: T0 + n, by: { kind: 'person', id: 'per_ann', name: 'Ann' } },
      ...{ action: 'flow.published', resource: { kind: 'flow', id: 'flw_1' } },
      ...{ before: '{"publishedVersion":null}', after: null, outcome: null, status: null, requestId: 'req' },
      ...over,
    });
    const done = (n: number, over: Partial<AuditEntry> = {}) =>
      entry(n, { after: '{"publishedVersion":1}', outcome: 'done', status: 200, ...over });
    const write = async (of: AuditEntry) => {
      await audit().append({ ...of, after: null, outcome: null, status: null }, 'begun');
      await audit().append(of, 'done');
    };
    const listed = async (query: AuditQuery = {}, limit = 2) => everyPage((page) => audit().list(query, page), limit);
    const ids = async (query: AuditQuery = {}) => (await listed(query)).map(({ id }) => id);

    test('an entry is shown once, with what came of it', async () => {
      await audit().append(entry(1), 'begun');
      expect(await listed()).toEqual([entry(1)]);
      await audit().append(done(1), 'done');
      expect(await listed()).toEqual([done(1)]);
      await held.reopen();
      expect(await listed()).toEqual([done(1)]);
    });

    test('what was begun, and came to no end, stands there as begun', async () => {
      await write(done(1));
      await audit().append(entry(2), 'begun');
      await write(done(3));
      expect((await listed()).map(({ id, outcome }) => [id, outcome])).toEqual([
        ['aud_3', 'done'],
        ['aud_2', null],
        ['aud_1', 'done'],
      ]);
    });

    test('pages give every entry once, newest first, also those of one millisecond', async () => {
      for (const n of [1, 2, 3, 4, 5, 6, 7]) await write(done(n, { at: T0 + Math.floor(n / 3) }));
      expect(await ids()).toEqual(['aud_7', 'aud_6', 'aud_5', 'aud_4', 'aud_3', 'aud_2', 'aud_1']);
    });

    test('it is asked by who, action or its area, kind or ID of the thing, and time', async () => {
      await write(done(1));
      await write(done(2, { by: { kind: 'key', id: 'key_1', name: 'shop' }, action: 'flow.created' }));
      await write(done(3, { action: 'key.deleted', resource: { kind: 'key', id: 'key_1' } }));
      expect(await ids({ who: 'key_1' })).toEqual(['aud_2']);
      expect(await ids({ action: 'flow' })).toEqual(['aud_2', 'aud_1']);
      expect(await ids({ action: 'flow.created' })).toEqual(['aud_2']);
      expect(await ids({ resource: 'key' })).toEqual(['aud_3']);
      expect(await ids({ resource: 'flw_1' })).toEqual(['aud_2', 'aud_1']);
      expect(await ids({ from: T0 + 2, to: T0 + 3 })).toEqual(['aud_2']);
      expect(await ids({ who: 'per_ann', resource: 'flow', from: T0 })).toEqual(['aud_1']);
    });

    test('a thing that is known only once it was made is found by its ID', async () => {
      await audit().append(entry(1, { resource: { kind: 'flow', id: null }, before: null }), 'begun');
      await audit().append(done(1, { before: null, resource: { kind: 'flow', id: 'flw_7' } }), 'done');
      expect(await ids({ resource: 'flw_7' })).toEqual(['aud_1']);
      expect(await listed({ resource: 'flow' })).toMatchObject([{ resource: { id: 'flw_7' }, outcome: 'done' }]);
    });

    test('a cursor that no list gave is refused', async () => {
      await expect(audit().list({}, { limit: 1, cursor: 'x' })).rejects.toThrow(BadCursor);
    });
  });
}
