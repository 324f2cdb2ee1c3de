import { causeOf } from '../../providers/sendgrid/bounce';
import {
  accountErrors,
  bounceClassifications,
  dropReasons,
  fieldErrors,
  statusErrors,
} from '../../providers/sendgrid/codes';
import { enhancedStatuses, smtpReplies } from '../../providers/sendgrid/smtp-statuses';
import { eventStatuses } from '../../providers/sendgrid/statuses';
import * as documented from './sendgrid-documented';
import { carriedMail, receiptsOf, requestFor, trySendgrid } from './sendgrid-trial';

const trial = trySendgrid();

describe('the tables, each against a list of its own', () => {
  test.each(documented.fields)('a send refused for %s is %s', async (field, reason) => {
    trial.standIn.meets({ refuses: field });
    expect(await trial.adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason, code: field });
    expect(trial.unknownCodes).toEqual([]);
  });

  test.each(documented.statuses)('a send refused with status %s is %s', async (status, reason) => {
    trial.standIn.meets({ refuses: status });
    expect(await trial.adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason, code: status });
    expect(trial.unknownCodes).toEqual([]);
  });

  test.each(documented.drops)('a mail dropped for “%s” is %s', async (code, reason) => {
    const message = await carriedMail(trial);
    const [receipt] = receiptsOf(
      trial,
      trial.standIn.batch([{ ...trial.standIn.about(message), event: 'dropped', reason: code }]),
    );
    expect(receipt).toMatchObject({ status: 'failed', reason, code });
    expect(trial.unknownCodes).toEqual([]);
  });

  const bounce = (changes: object) => ({
    type: 'bounce',
    bounce_classification: '',
    status: '',
    reason: '',
    ...changes,
  });
  const cause = (changes: object) => causeOf(bounce(changes), trial.world.unknownCode);

  test.each(documented.classifications)('a bounce classified as “%s” is %s', (code, reason) => {
    expect(cause({ bounce_classification: code })).toEqual({ reason, code });
    expect(trial.unknownCodes).toEqual([]);
  });

  test.each(documented.replies)('a bounce answered with %s is %s', (code, reason) => {
    expect(cause({ reason: `${code} no` })).toEqual({ reason, code });
    expect(trial.unknownCodes).toEqual([]);
  });

  test.each(documented.enhanced)('a bounce with status %s is %s', (code, reason) => {
    expect(cause({ status: code })).toEqual({ reason, code });
    expect(trial.unknownCodes).toEqual([]);
  });

  test.each(documented.events)('the event %s says %s', async (event, status) => {
    const message = await carriedMail(trial);
    const said = receiptsOf(trial, trial.standIn.batch([{ ...trial.standIn.about(message), event }]));
    expect(said.map((receipt) => receipt.status)).toEqual(status === null ? [] : [status]);
    expect(trial.unknownCodes).toEqual([]);
  });

  test('no table has a row that the lists do not have', () => {
    const bare = (field: string) => field.replace(/\.\d+(?=\.|$)/g, '');
    const firsts = (rows: readonly (readonly [string, unknown])[]) => rows.map(([code]) => code).sort();
    expect(Object.keys(fieldErrors).sort()).toEqual(documented.fields.map(([field]) => bare(field)).sort());
    expect([...Object.keys(statusErrors), '401', '403', '429', '503'].sort()).toEqual(firsts(documented.statuses));
    expect(Object.keys(accountErrors)).toEqual(['Maximum credits exceeded']);
    expect(Object.keys(dropReasons).sort()).toEqual(firsts(documented.drops));
    expect(Object.keys(bounceClassifications).sort()).toEqual(firsts(documented.classifications));
    expect(Object.keys(smtpReplies).sort()).toEqual(firsts(documented.replies));
    expect(Object.keys(enhancedStatuses).sort()).toEqual(
      documented.enhanced.map(([code]) => `X${code.slice(1)}`).sort(),
    );
    expect(Object.keys(eventStatuses).sort()).toEqual(firsts(documented.events));
  });
});

describe('bounces', () => {
  const cause = (changes: object) =>
    causeOf(
      { type: 'bounce', bounce_classification: 'Unclassified', status: '', reason: '', ...changes },
      trial.world.unknownCode,
    );

  test('SendGrid’s own classification goes first, then the status, then the reply', () => {
    const all = { bounce_classification: 'Reputation', status: '5.1.1', reason: '552 5.2.2 full' };
    expect(cause(all)).toEqual({ reason: 'spam_filtered', code: 'Reputation' });
    expect(cause({ ...all, bounce_classification: 'Unclassified' })).toEqual({
      reason: 'invalid_address',
      code: '5.1.1',
    });
    expect(cause({ status: '', reason: '552 5.2.2 full' })).toEqual({ reason: 'unreachable', code: '5.2.2' });
    expect(cause({ status: '5.0.0', reason: '551 no such user' })).toEqual({ reason: 'invalid_address', code: '551' });
    expect(cause({ status: '5.0.0', reason: 'refused' })).toEqual({ reason: 'unknown', code: '5.0.0' });
    expect(cause({})).toEqual({ reason: 'unknown', code: 'Unclassified' });
    expect(trial.unknownCodes).toEqual([]);
  });

  test('an address is suppressed for good only where the failure is for good', () => {
    expect(cause({ status: '5.1.1' }).reason).toBe('invalid_address');
    expect(cause({ status: '4.1.1' }).reason).toBe('unreachable');
    expect(cause({ type: 'blocked', status: '5.1.1' }).reason).toBe('unreachable');
    expect(cause({ type: 'blocked', bounce_classification: 'Invalid Address' }).reason).toBe('unreachable');
    expect(cause({ type: 'blocked', bounce_classification: 'Reputation' }).reason).toBe('spam_filtered');
  });

  test('an unknown code is counted, and what else the event says is still used', () => {
    expect(cause({ bounce_classification: 'Solar Flare', status: '5.2.2' })).toEqual({
      reason: 'unreachable',
      code: '5.2.2',
    });
    expect(cause({ status: '5.9.99' })).toEqual({ reason: 'unknown', code: '5.9.99' });
    expect(trial.unknownCodes).toEqual(['Solar Flare', '5.9.99']);
  });

  test('an address of a server in the answer is no status', () => {
    expect(cause({ reason: '550 5.7.1.9 is on a list' })).toEqual({ reason: 'invalid_address', code: '550' });
  });
});
