import type { TemplateWrite } from '../../schemas/template';
import { type ApiKey, BadCursor, type Flow } from '../../store/contract';
import { sampleDefinition } from '../support/sample-runs';
import { everyPage, type OpenStore, storeForEachTest } from './store-under-test';

const T0 = 1_700_000_000_000;
const named = (name: string) => ({ ...sampleDefinition, name });

export function describeFlows(open: OpenStore): void {
  describe('flows', () => {
    const held = storeForEachTest(open);
    const flows = () => held.now.store.flows;
    const made = async (name: string, workflowId: string | null = null, at = T0): Promise<Flow> => {
      const flow = await flows().create(named(name), workflowId, at);
      if (typeof flow === 'string') throw new Error(flow);
      return flow;
    };

    test('a new flow is a draft, found by either of its IDs', async () => {
      const flow = await made('OTP', 'wf_otp');
      expect(flow).toMatchObject({ workflowId: 'wf_otp', name: 'OTP', publishedVersion: null, latestVersion: 0 });
      expect(flow.id).toMatch(/^flw_/);
      expect(await flows().get(flow.id)).toEqual(flow);
      expect(await flows().get('wf_otp')).toEqual(flow);
      expect(await flows().get('wf_none')).toBeNull();
    });

    test('a flow without a workflow ID is given one', async () => {
      expect((await made('OTP')).workflowId).toMatch(/^wf_[A-Za-z0-9_-]+$/);
    });

    test('two flows never share a name or a workflow ID', async () => {
      await made('OTP', 'wf_otp');
      const other = await made('Alert', 'wf_alert');
      expect(await flows().create(named('OTP'), 'wf_new', T0)).toBe('name_taken');
      expect(await flows().create(named('New'), 'wf_otp', T0)).toBe('workflow_id_taken');
      expect(await flows().saveDraft(other.id, named('OTP'), other.draftRevision, T0)).toBe('name_taken');
    });

    test('a draft is saved only over the revision that was read', async () => {
      const flow = await made('OTP');
      const saved = await flows().saveDraft(flow.id, named('OTP 2'), flow.draftRevision, T0 + 1);
      expect(saved).toMatchObject({ name: 'OTP 2', draftRevision: flow.draftRevision + 1, updatedAt: T0 + 1 });
      expect(await flows().saveDraft(flow.id, named('OTP 3'), flow.draftRevision, T0)).toBe('stale');
      expect(await flows().get(flow.id)).toEqual(saved);
      expect(await flows().saveDraft('flw_none', named('OTP 4'), 1, T0)).toBeNull();
    });

    test('publishing counts versions from 1, and none of them changes later', async () => {
      const flow = await made('OTP', 'wf_otp');
      const first = await flows().publish(flow.id, named('first'), null, T0 + 1);
      await flows().publish('wf_otp', named('second'), null, T0 + 2);
      const third = await flows().publish(flow.id, named('first'), 1, T0 + 3);
      expect(first).toEqual({
        flowId: flow.id,
        workflowId: 'wf_otp',
        version: 1,
        definition: named('first'),
        publishedAt: T0 + 1,
        rollbackOf: null,
      });
      expect(third).toMatchObject({ version: 3, rollbackOf: 1 });
      expect(await flows().version('wf_otp', 1)).toEqual(first);
      expect((await flows().versions(flow.id)).map((v) => v.version)).toEqual([3, 2, 1]);
      expect(await flows().version(flow.id, 4)).toBeNull();
      expect(await flows().get(flow.id)).toMatchObject({ publishedVersion: 3, latestVersion: 3 });
      expect(await flows().publish('flw_none', named('x'), null, T0)).toBeNull();
    });

    test('unpublishing keeps the versions and their count', async () => {
      const flow = await made('OTP');
      await flows().publish(flow.id, named('first'), null, T0);
      expect(await flows().unpublish(flow.id, T0 + 5)).toMatchObject({ publishedVersion: null, latestVersion: 1 });
      expect(await flows().version(flow.id, 1)).not.toBeNull();
      expect(await flows().publish(flow.id, named('again'), null, T0)).toMatchObject({ version: 2 });
      expect(await flows().unpublish('flw_none', T0)).toBeNull();
    });

    test('flows survive a restart', async () => {
      const flow = await made('OTP');
      const version = await flows().publish(flow.id, named('first'), null, T0);
      await held.reopen();
      expect(await flows().get(flow.id)).toMatchObject({ name: 'OTP', publishedVersion: 1 });
      expect(await flows().version(flow.id, 1)).toEqual(version);
    });

    test('a list gives every flow once, newest first, also those of one millisecond', async () => {
      for (const [name, at] of [
        ['a', 1],
        ['b', 2],
        ['c', 2],
        ['d', 2],
        ['e', 3],
      ] as const)
        await made(name, null, at);
      const listed = await everyPage((page) => flows().list(page), 2);
      expect(listed.map((flow) => flow.createdAt)).toEqual([3, 2, 2, 2, 1]);
      expect(new Set(listed.map((flow) => flow.name)).size).toBe(5);
    });

    test('a flow made between two pages spoils neither', async () => {
      for (const [name, at] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ] as const)
        await made(name, null, at);
      const first = await flows().list({ limit: 2, cursor: null });
      await made('d', null, 4);
      const second = await flows().list({ limit: 2, cursor: first.nextCursor });
      expect(second.items.map((flow) => flow.name)).toEqual(['a']);
      expect(second.nextCursor).toBeNull();
    });

    test.each(['', 'x', '%%%', 'e30', 'WzEsMl0', Buffer.from('[null,"a"]').toString('base64url')])(
      'the cursor “%s”, which no list gave, is refused',
      async (cursor) => {
        await expect(flows().list({ limit: 2, cursor })).rejects.toThrow(BadCursor);
      },
    );
  });
}

export function describeTemplatesAndKeys(open: OpenStore): void {
  describe('templates and keys', () => {
    const held = storeForEachTest(open);
    const write: TemplateWrite = { name: 'Code', channel: 'sms', content: { text: 'Your code: {{code}}' } };
    const key = (n: number): ApiKey => {
      return {
        ...{ id: `key_${n}`, name: `k${n}`, role: 'invoker', mode: 'test', hint: 'abcd', createdAt: T0 + n },
        ...{ flows: null, expiresAt: null, lastUsedAt: null, overlap: null, createdBy: null },
      };
    };

    test('a template is kept as it was written, with its status and times', async () => {
      const { templates } = held.now.store;
      const made = await templates.create({ ...write, id: 'tpl_code' }, 'approved', T0);
      expect(made).toEqual({
        ...write,
        id: 'tpl_code',
        status: 'approved',
        createdAt: '2023-11-14T22:13:20.000Z',
        updatedAt: '2023-11-14T22:13:20.000Z',
      });
      expect(await templates.create({ ...write, id: 'tpl_code' }, 'draft', T0)).toBe('id_taken');
      await held.reopen();
      expect(await held.now.store.templates.get('tpl_code')).toEqual(made);
    });

    test('replacing a template keeps its ID and the time it was made', async () => {
      const { templates } = held.now.store;
      const made = await templates.create(write, 'approved', T0);
      if (typeof made === 'string') throw new Error(made);
      expect(await templates.get(made.id)).toEqual(made);
      const replaced = await templates.replace(made.id, { ...write, name: 'New' }, 'draft', T0 + 1000);
      expect(replaced).toMatchObject({ id: made.id, name: 'New', status: 'draft', createdAt: made.createdAt });
      expect(await templates.get(made.id)).toEqual(replaced);
      expect(await templates.replace('tpl_none', write, 'draft', T0)).toBeNull();
    });

    test('a status is kept with its reason and the provider’s own name, and the content stays', async () => {
      const { templates } = held.now.store;
      const made = await templates.create({ ...write, id: 'tpl_a' }, 'draft', T0);
      if (typeof made === 'string') throw new Error(made);
      expect(await templates.get('tpl_a')).toEqual(made);
      const standing = {
        status: 'rejected',
        statusReason: 'INVALID_FORMAT',
        statusByHand: false,
        providerTemplateId: '77',
      } as const;
      const after = await templates.setStatus('tpl_a', standing, T0 + 1000);
      expect(after).toEqual({ ...made, ...standing, updatedAt: '2023-11-14T22:13:21.000Z' });
      expect(await templates.get('tpl_a')).toEqual(after);
      await held.reopen();
      expect(await held.now.store.templates.get('tpl_a')).toEqual(after);
      expect(await held.now.store.templates.setStatus('tpl_none', standing, T0)).toBeNull();
    });

    test('a template that is written anew has lost what was said of the old one', async () => {
      const { templates } = held.now.store;
      await templates.create({ ...write, id: 'tpl_a' }, 'draft', T0);
      const standing = {
        status: 'approved',
        statusReason: 'seen',
        statusByHand: false,
        providerTemplateId: '77',
      } as const;
      await templates.setStatus('tpl_a', standing, T0);
      const replaced = await templates.replace('tpl_a', write, 'draft', T0 + 1000);
      expect(replaced).toMatchObject({ status: 'draft' });
      expect([replaced?.statusReason, replaced?.providerTemplateId]).toEqual([undefined, undefined]);
      expect(await templates.get('tpl_a')).toEqual(replaced);
    });

    test('a status and a new content that come at once are both kept, or the status is of the new content', async () => {
      const { templates } = held.now.store;
      await templates.create({ ...write, id: 'tpl_a' }, 'draft', T0);
      const standing = {
        status: 'approved',
        statusReason: null,
        statusByHand: false,
        providerTemplateId: null,
      } as const;
      const other = { ...write, content: { text: 'Other' } };
      await Promise.all([
        ...[1, 2, 3].map((n) => templates.setStatus('tpl_a', standing, T0 + n)),
        templates.replace('tpl_a', other, 'draft', T0 + 4),
        ...[5, 6, 7].map((n) => templates.setStatus('tpl_a', standing, T0 + n)),
      ]);
      expect((await templates.get('tpl_a'))?.content).toEqual(other.content);
    });

    test('a deleted template is gone', async () => {
      const { templates } = held.now.store;
      const made = await templates.create({ ...write, id: 'tpl_a' }, 'approved', T0);
      expect(await templates.get('tpl_a')).toEqual(made);
      expect(await templates.delete('tpl_a')).toBe(true);
      expect(await templates.get('tpl_a')).toBeNull();
      expect(await templates.delete('tpl_a')).toBe(false);
      expect(await everyPage((page) => templates.list(page), 10)).toEqual([]);
    });

    test('a key is found by its ID and by its hash until it is deleted', async () => {
      const { keys } = held.now.store;
      await keys.create(key(1), 'hash-1');
      await keys.create(key(2), 'hash-2');
      expect(await keys.byHash('hash-1')).toEqual({ key: key(1), until: null });
      expect(await keys.byHash('hash-3')).toBeNull();
      expect(await keys.byId('key_2')).toEqual(key(2));
      expect(await keys.byId('key_3')).toBeNull();
      expect(await everyPage((page) => keys.list(page), 1)).toEqual([key(2), key(1)]);
      expect(await keys.delete('key_1')).toBe(true);
      expect(await keys.byHash('hash-1')).toBeNull();
      expect(await keys.byId('key_1')).toBeNull();
      expect(await keys.delete('key_1')).toBe(false);
    });
  });
}
