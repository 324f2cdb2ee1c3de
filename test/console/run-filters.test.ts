import { exportOf, filtersOf, searchOf, seeking, soughtIn } from '../../console/pages/runs/filters';
import { recognise } from '../../console/pages/runs/recognise';

const RUN = 'inv_01M8CQ3P57ZH92NXQ69EPCPTGC';

describe('what somebody typed', () => {
  test.each([
    [RUN, 'run'],
    [RUN.toLowerCase(), 'run'],
    ['+39 335 123 4567', 'phone'],
    ['0039 (335) 123-4567', 'phone'],
    ['ann@example.com', 'email'],
    ['SM0123456789abcdef0123456789abcdef', 'providerMessageId'],
    ['wamid.HBgLMzkzMzUxMjM0NTY3', 'providerMessageId'],
    [`sbx_${RUN.slice(4)}.0.1`, 'providerMessageId'],
    ['order-77', 'externalId'],
    // Without its country code it may be anybody's order number.
    ['3351234567', 'externalId'],
    ['inv_2026-77', 'externalId'],
  ])('%s is taken for a %s', (text, kind) => {
    expect(recognise(text)).toBe(kind);
  });

  it('replaces what was sought before, and leaves the other filters', () => {
    const before = { status: 'failed', externalId: 'order-1' } as const;
    expect(seeking(before, ' 0039 335 1234567 ', 'auto')).toEqual({ status: 'failed', recipient: '+393351234567' });
    expect(seeking(before, '3351234567', 'providerMessageId')).toEqual({
      status: 'failed',
      providerMessageId: '3351234567',
    });
    expect(seeking(before, '', 'auto')).toEqual({ status: 'failed' });
    expect(seeking(before, ` ${RUN.toLowerCase()}`, 'auto')).toEqual({ run: RUN });
  });

  it('is shown in the box again as what it was taken for', () => {
    expect(soughtIn({ recipient: '+393351234567' })).toEqual({ text: '+393351234567', as: 'phone' });
    expect(soughtIn({ recipient: 'user-1' })).toEqual({ text: 'user-1', as: 'recipientId' });
    expect(soughtIn({ externalId: '77' })).toEqual({ text: '77', as: 'externalId' });
  });
});

describe('the address of the page', () => {
  it('holds every filter, and gives each back', () => {
    const filters = {
      mode: 'test',
      flow: 'wf_otp',
      version: 3,
      status: 'succeeded',
      recipient: '+393351234567',
      reachedStep: 'sms',
      reachedChannel: 'sms',
      late: 'true',
      duplicate: 'false',
      reason: 'timeout',
      from: '2026-11-21T10:00:00.000Z',
      to: '2026-11-22T10:00:00.000Z',
    } as const;
    expect(filtersOf(new URLSearchParams(searchOf(filters)))).toEqual(filters);
  });

  it('is not trusted: what is not understood narrows nothing', () => {
    const search = 'status=gone&version=-1&late=perhaps&from=yesterday&reachedChannel=pigeon&mode=dry&flow=%20&x=1';
    expect(filtersOf(new URLSearchParams(search))).toEqual({});
  });
});

it('a file holds what the list holds', () => {
  const filters = { mode: 'test', flow: 'wf_otp', status: 'failed', late: 'true', recipient: '+393351234567' } as const;
  const { pathname, searchParams } = new URL(exportOf(filters, 'attempts', 'parquet'), 'http://localhost');
  expect(pathname).toBe('/v1/exports/attempts');
  expect(Object.fromEntries(searchParams)).toEqual({ format: 'parquet', ...filters });
});
