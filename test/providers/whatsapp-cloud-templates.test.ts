import { TEMPLATE_STATUSES } from '../../providers/whatsapp-cloud/statuses';
import type { Template, TemplateContent } from '../../schemas/template';
import { type Opened, openAdapter } from './whatsapp-cloud-adapter';

let standIn: Opened['standIn'];
let adapter: Opened['adapter'];
let open: Opened['open'];
const unknownCodes: string[] = [];

beforeAll(async () => {
  ({ standIn, adapter, open } = await openAdapter(unknownCodes));
});
beforeEach(() => {
  unknownCodes.length = 0;
  standIn.templates.length = 0;
});
afterAll(() => standIn.close());

describe('approvals', () => {
  const template = (content: TemplateContent, more: Partial<Template> = {}): Template => ({
    id: 'tpl_test',
    name: 'test',
    channel: 'whatsapp',
    content,
    status: 'draft',
    createdAt: '2026-11-21T10:00:00.000Z',
    updatedAt: '2026-11-21T10:00:00.000Z',
    ...more,
  });
  const body = (...variables: string[]) => ({
    type: 'body',
    parameters: variables.map((name) => ({ type: 'text', text: `{{${name}}}` })),
  });
  const order: TemplateContent = {
    title: 'Order {{number}}',
    text: 'Dear {{name}}, order {{number}} is on its way, {{ name }}.',
    whatsapp: {
      name: 'order_sent',
      language: 'en_US',
      category: 'UTILITY',
      ttlSeconds: 120,
      components: [{ type: 'header', parameters: [{ type: 'text', text: '{{number}}' }] }, body('name', 'number')],
    },
  };
  const submit = (one: Template) => adapter.approvals?.submit(one);
  const fetch = (one: Template) => adapter.approvals?.fetch(one);

  test('a template is submitted with its words, its parameters in their places, an example each, and its time to live', async () => {
    expect(await submit(template(order))).toEqual({
      status: 'submitted',
      reason: null,
      providerTemplateId: expect.any(String),
    });
    expect(standIn.templates).toMatchObject([
      {
        name: 'order_sent',
        language: 'en_US',
        category: 'UTILITY',
        message_send_ttl_seconds: 120,
        components: [
          { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['number'] } },
          {
            type: 'BODY',
            text: 'Dear {{1}}, order {{2}} is on its way, {{1}}.',
            example: { body_text: [['name', 'number']] },
          },
        ],
      },
    ]);
  });

  test('named parameters stay named', async () => {
    const parameters = [{ type: 'text', parameter_name: 'first_name', text: '{{name}}' }];
    const whatsapp = {
      name: 'named',
      language: 'en',
      category: 'UTILITY' as const,
      components: [{ type: 'body', parameters }],
    };
    await submit(template({ text: 'Dear {{name}}!', whatsapp }));
    expect(standIn.templates[0]).toMatchObject({
      parameter_format: 'NAMED',
      components: [
        {
          text: 'Dear {{first_name}}!',
          example: { body_text_named_params: [{ param_name: 'first_name', example: 'name' }] },
        },
      ],
    });
  });

  test('of an authentication template Meta has the words, and the button copies the code', async () => {
    const button = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '{{code}}' }] };
    const whatsapp = {
      name: 'otp',
      language: 'it',
      category: 'AUTHENTICATION' as const,
      components: [body('code'), button],
    };
    await submit(template({ text: '{{code}} è il tuo codice.', whatsapp }));
    expect(standIn.templates[0]?.components).toEqual([
      { type: 'BODY', add_security_recommendation: true },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ]);
  });

  test.each<[string, TemplateContent, RegExp]>([
    ['no category', { text: 'Hi', whatsapp: { name: 'a', language: 'en' } }, /category/],
    ['no words', { whatsapp: { name: 'a', language: 'en', category: 'UTILITY' } }, /`text`/],
    ['no content for WhatsApp', { text: 'Hi' }, /no content for WhatsApp/],
    [
      'a variable without a parameter',
      { text: 'Hi {{name}}', whatsapp: { name: 'a', language: 'en', category: 'UTILITY' } },
      /\{\{name\}\}/,
    ],
    [
      'a time to live that Meta does not take',
      { text: 'Hi', whatsapp: { name: 'a', language: 'en', category: 'MARKETING', ttlSeconds: 60 } },
      /43200/,
    ],
    [
      'buttons, whose words it does not have',
      { text: 'Hi', whatsapp: { name: 'a', language: 'en', category: 'UTILITY', components: [{ type: 'button' }] } },
      /WhatsApp Manager/,
    ],
  ])('%s: refused before Meta is asked', async (_, content, words) => {
    await expect(submit(template(content))).rejects.toThrow(words);
    expect(standIn.templates).toEqual([]);
  });

  test('submitted twice it is the same template', async () => {
    const first = await submit(template(order));
    expect(await submit(template(order))).toEqual(first);
    expect(standIn.templates.length).toBe(1);
  });

  test('what Meta refuses is told in its words', async () => {
    const stranger = open({}, { accessToken: 'another' });
    await expect(stranger.approvals?.submit(template(order))).rejects.toMatchObject({
      name: 'ProviderRefused',
      code: '190',
      message: 'As the documentation has it.',
    });
    await expect(stranger.approvals?.fetch(template(order))).rejects.toMatchObject({
      name: 'ProviderRefused',
      code: '190',
    });
    await expect(open({ businessAccountId: '' }).approvals?.fetch(template(order))).rejects.toThrow(
      /businessAccountId/,
    );
  });

  test.each([
    ['APPROVED', 'NONE', 'approved', null],
    ['PENDING', 'NONE', 'submitted', null],
    ['IN_APPEAL', 'NONE', 'submitted', 'IN_APPEAL'],
    ['REJECTED', 'INVALID_FORMAT', 'rejected', 'INVALID_FORMAT'],
    ['PAUSED', undefined, 'paused', 'PAUSED'],
    ['ARCHIVED', undefined, 'paused', 'ARCHIVED'],
    ['DISABLED', undefined, 'rejected', 'DISABLED'],
    ['PENDING_DELETION', undefined, 'rejected', 'PENDING_DELETION'],
    ['DELETED', undefined, 'rejected', 'DELETED'],
    ['LIMIT_EXCEEDED', undefined, 'rejected', 'LIMIT_EXCEEDED'],
    ['SOMETHING_NEW', undefined, 'submitted', 'SOMETHING_NEW'],
  ])('%s (%s) is %s', async (word, why, expected, reason) => {
    await submit(template(order));
    Object.assign(standIn.templates[0] as object, { status: word, rejected_reason: why });
    expect(await fetch(template(order))).toMatchObject({ status: expected, reason });
    expect(Object.hasOwn(TEMPLATE_STATUSES, word)).toBe(unknownCodes.length === 0);
  });

  test('a template that Meta does not know is null, however alike the names are', async () => {
    await submit(
      template({
        ...order,
        whatsapp: { ...order.whatsapp, name: 'order_sent_again', language: 'en_US', category: 'UTILITY' },
      }),
    );
    expect(await fetch(template(order))).toBeNull();
  });

  test('in several languages it is approved when all are, and else what the worst of them is', async () => {
    const italian = {
      ...order,
      whatsapp: { ...order.whatsapp, name: 'order_sent', language: 'it', category: 'UTILITY' as const },
    };
    const both = template(order, { locales: { it: italian } });
    await submit(both);
    const [english, other] = standIn.templates as [object, object];
    Object.assign(english, { status: 'APPROVED' });
    expect(await fetch(both)).toMatchObject({ status: 'submitted' });
    Object.assign(other, { status: 'REJECTED', rejected_reason: 'SCAM' });
    expect(await fetch(both)).toMatchObject({ status: 'rejected', reason: 'SCAM' });
    Object.assign(other, { status: 'APPROVED', rejected_reason: 'NONE' });
    expect(await fetch(both)).toMatchObject({ status: 'approved', reason: null });
    standIn.templates.pop();
    expect(await fetch(both)).toMatchObject({ status: 'draft' });
  });
});
