import type { ProviderAdapter, ProviderWorld } from '../../providers/contract';
import { twilioCodes } from '../../providers/twilio/codes';
import { approvalStatuses, twilioStatuses } from '../../providers/twilio/statuses';
import { twilio } from '../../providers/twilio/twilio';
import { REASONS, type Reason } from '../../schemas/vocabulary';
import { openTwilio, type TwilioStandIn } from '../stand-ins/twilio';
import { requestFor } from './twilio-in-use';

/**
 * What https://www.twilio.com/docs/api/errors documents for sending and delivering messages, by what each has to become:
 * written down apart from the table, so that a row that is lost or turned is seen.
 */
const DOCUMENTED: Partial<Record<Reason, string>> = {
  invalid_address: '20023 21211 21217 21265 21268 21614 30005 30014 63107',
  no_address: '21604',
  landline: '21635 30006',
  unreachable: '21214 21612 30003 63032',
  not_on_channel: '63003 63024 63036 63106',
  blocked: '30004 63014',
  opted_out: '21610 30630 63033 63050',
  outside_session_window: '63016',
  quiet_hours: '30610',
  expired: '30036',
  uncertain: '30046 30410',
  unknown: '410 30008 30009 63023',
  spam_filtered: '30007 30038 30039 30450 30453 63026',
  rate_limited: '14107 20429 21611 30001 30022 30023 30025 30026 30027 30454 63017 63018 63038 63039 63119',
  provider_unavailable: `503 20500 20503 20504 21730 30017 30020 30021 30047 30103 30500 60005 63009 63010 63012 63053
    63117`,
  insufficient_funds: '10001 30002',
  auth_failed: '403 20003 20005 20006 20008 20010 20151 20403 21470 21471 21472 30112 63001 90010',
  template_not_approved: '63040 63041 63042 63054',
  template_invalid: `21602 21619 21654 21655 21656 21901 63027 63028 63029 63030 63052 63055 92005 92006 92007 572006`,
  content_rejected: `11751 12300 20413 21605 21617 21618 21620 21623 21652 21658 30011 30019 30044 30110 30111 30139
    63005 63006 63013 63019 63021 63034 63037`,
  provider_rejected: `400 404 10002 19023 20001 20004 20011 20012 20404 20409 20410 20412 20422 20423 20426 21210 21212
    21219 21264 21266 21267 21401 21402 21403 21407 21408 21601 21603 21606 21607 21608 21609 21613 21616 21621 21622
    21624 21626 21627 21653 21657 21659 21660 21661 21662 21663 21664 21665 21666 21667 21668 21701 21702 21703 21704
    21705 21708 21709 21711 21712 21900 21902 21910 30010 30012 30013 30015 30016 30018 30024 30028 30029 30030 30031
    30032 30033 30034 30035 30037 30040 30041 30042 30043 30045 30100 30101 30102 30106 30107 30108 30120 30134 30137
    30400 30404 30485 30615 30620 30640 30700 63002 63007 63008 63011 63015 63020 63022 63025 63031 63035 63049 63051
    63056 63058 63059 63105 63109 63111 63112 63120 77701 90007 90014 572005`,
};
const documented = Object.entries(DOCUMENTED).flatMap(([reason, codes]) =>
  codes.split(/\s+/).map((code) => [code, reason as Reason] as const),
);

const STATUSES = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'sent',
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
  receiving: null,
  received: null,
};

describe('Twilio’s codes and statuses', () => {
  let standIn: TwilioStandIn;
  let adapter: ProviderAdapter;
  const unknownCodes: string[] = [];
  const world: ProviderWorld = {
    callbackUrl: (ref) => `http://onward.test/v1/receipts/twilio?ref=${ref}`,
    secretUrl: () => '',
    receive: async () => {},
    unknownCode: (code) => void unknownCodes.push(code),
    onFault: () => {},
    clock: Date.now,
  };

  beforeAll(async () => {
    standIn = await openTwilio({ webhookUrl: 'http://onward.test/v1/receipts/twilio' });
    adapter = twilio.open({ id: 'pac_test', ...standIn.account }, world);
  });
  afterAll(async () => {
    await standIn.close();
    expect(standIn.carried).toEqual([]);
    expect(unknownCodes).toEqual([]);
  });

  const receiptOf = (form: Record<string, string>) =>
    adapter.normalise?.({
      method: 'POST',
      url: 'http://onward.test/v1/receipts/twilio?ref=a-reference',
      query: new URLSearchParams('ref=a-reference'),
      headers: {},
      body: Buffer.from(new URLSearchParams({ MessageSid: 'SM1', ...form }).toString()),
    });

  test('every documented code has a row, and every row is documented', () => {
    const codes = documented.map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(twilioCodes).sort()).toEqual([...codes].sort());
  });

  test('every row has a reason of ours and Twilio’s own title', () => {
    for (const { reason, title } of Object.values(twilioCodes)) {
      expect(REASONS).toContain(reason);
      expect(title).toMatch(/\S/);
    }
  });

  test.each(documented)('%s is %s, refused at once', async (code, reason) => {
    standIn.meets({ refuses: code });
    const answer = await adapter.send(requestFor());
    expect(answer).toEqual({ outcome: 'rejected', reason, code, retryAfterMs: null });
  });

  test.each(documented)('%s is %s in a receipt', (code, reason) => {
    expect(receiptOf({ MessageStatus: 'undelivered', ErrorCode: code })).toMatchObject([
      { status: 'undelivered', reason, code },
    ]);
  });

  test('every documented status has a row', () => {
    expect(twilioStatuses).toEqual(STATUSES);
    expect(Object.keys(approvalStatuses).sort()).toEqual(
      ['approved', 'disabled', 'paused', 'pending', 'received', 'rejected', 'unsubmitted'].sort(),
    );
  });

  test.each(Object.entries(STATUSES))('“%s” is %s', (said, status) => {
    const failed = status === 'failed' || status === 'undelivered';
    const reason = !failed ? null : said === 'canceled' ? 'provider_rejected' : 'unknown';
    const expected = status === null ? [] : [{ status, reason, code: null, providerMessageId: 'SM1' }];
    expect(receiptOf({ MessageStatus: said })).toMatchObject(expected);
    expect(receiptOf({ MessageStatus: said })).toHaveLength(expected.length);
  });
});
