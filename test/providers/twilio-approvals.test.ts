import { ProviderRefused } from '../../providers/contract';
import type { Template } from '../../schemas/template';
import { CONTENT_SID } from '../stand-ins/twilio-content';
import { useTwilio } from './twilio-in-use';

describe('Twilio’s approvals', () => {
  const at = useTwilio();
  const OTHER_SID = 'HX00000000000000000000000000000002';
  const template = (differently: Partial<Template> = {}): Template => ({
    id: 'tpl_otp-WA',
    name: 'Your code',
    channel: 'whatsapp',
    content: { twilio: { contentSid: CONTENT_SID } },
    status: 'draft',
    createdAt: '2026-11-21T10:00:00.000Z',
    updatedAt: '2026-11-21T10:00:00.000Z',
    ...differently,
  });
  const has = (sid: string, status: string, rejectionReason = '') =>
    at.standIn.contents.set(sid, { status, rejectionReason, submitted: null });

  test.each([
    ['unsubmitted', 'draft'],
    ['received', 'submitted'],
    ['pending', 'submitted'],
    ['approved', 'approved'],
    ['rejected', 'rejected'],
    ['paused', 'paused'],
    ['disabled', 'rejected'],
  ])('“%s” at Twilio is %s', async (said, status) => {
    has(CONTENT_SID, said, status === 'rejected' ? 'INVALID_FORMAT' : '');
    expect(await at.adapter.approvals?.fetch(template())).toEqual({
      status,
      reason: status === 'rejected' ? 'INVALID_FORMAT' : null,
      providerTemplateId: CONTENT_SID,
    });
  });

  test('a word that nobody knows is not sent with, and is counted', async () => {
    has(CONTENT_SID, 'in_limbo');
    expect(await at.adapter.approvals?.fetch(template())).toMatchObject({ status: 'paused' });
    expect(at.unknownCodes).toEqual(['in_limbo']);
  });

  test('a template is submitted under its name and category, and once', async () => {
    has(CONTENT_SID, 'unsubmitted');
    const submitted = { status: 'submitted', reason: null, providerTemplateId: CONTENT_SID };
    expect(await at.adapter.approvals?.submit(template())).toEqual(submitted);
    expect(at.standIn.contents.get(CONTENT_SID)?.submitted).toEqual({ name: 'tpl_otp_wa', category: 'UTILITY' });
    expect(await at.adapter.approvals?.submit(template())).toEqual(submitted);
  });

  test('what the template says of WhatsApp is its name and category there', async () => {
    has(CONTENT_SID, 'unsubmitted');
    const whatsapp = { name: 'login_code', language: 'en', category: 'AUTHENTICATION' } as const;
    await at.adapter.approvals?.submit(template({ content: { whatsapp, twilio: { contentSid: CONTENT_SID } } }));
    expect(at.standIn.contents.get(CONTENT_SID)?.submitted).toEqual({ name: 'login_code', category: 'AUTHENTICATION' });
  });

  test('of several languages the one that is furthest from being sent stands for all', async () => {
    has(CONTENT_SID, 'approved');
    has(OTHER_SID, 'rejected', 'ABUSIVE_CONTENT');
    const locales = { it: { twilio: { contentSid: OTHER_SID } } };
    expect(await at.adapter.approvals?.fetch(template({ locales }))).toEqual({
      status: 'rejected',
      reason: 'ABUSIVE_CONTENT',
      providerTemplateId: CONTENT_SID,
    });
  });

  test('what Twilio does not have is not known, and cannot be submitted', async () => {
    expect(await at.adapter.approvals?.fetch(template())).toBeNull();
    expect(await at.adapter.approvals?.fetch(template({ content: { text: 'free' } }))).toBeNull();
    await expect(at.adapter.approvals?.submit(template())).rejects.toThrow(ProviderRefused);
    await expect(at.adapter.approvals?.submit(template({ content: { text: 'free' } }))).rejects.toThrow(
      ProviderRefused,
    );
  });

  test('RCS needs no approval: a content that is there is approved', async () => {
    expect(await at.adapter.approvals?.fetch(template({ channel: 'rcs' }))).toBeNull();
    has(CONTENT_SID, 'unsubmitted');
    const approved = { status: 'approved', reason: null, providerTemplateId: CONTENT_SID };
    expect(await at.adapter.approvals?.fetch(template({ channel: 'rcs' }))).toEqual(approved);
    expect(await at.adapter.approvals?.submit(template({ channel: 'rcs' }))).toEqual(approved);
  });

  test('content has an address of its own where it is set', async () => {
    has(CONTENT_SID, 'approved');
    const { apiUrl } = at.standIn.account.settings;
    const apart = at.opened({ apiUrl: 'http://127.0.0.1:9', contentUrl: apiUrl });
    expect(await apart.approvals?.fetch(template())).toMatchObject({ status: 'approved' });
  });
});
