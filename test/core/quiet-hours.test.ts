import { isTimezone, quietUntil } from '../../core/quiet-hours';

const NIGHT = { from: '21:00', to: '08:00', timezone: 'recipient' };

function until(quiet: typeof NIGHT, zone: string | null, now: string): string | null {
  const end = quietUntil(quiet, zone, Date.parse(now));
  return end === null ? null : new Date(end).toISOString();
}

describe('quiet hours', () => {
  test.each([
    ['before they begin nothing waits', '2026-06-10T18:59:59.999Z', null],
    ['their first moment belongs to them', '2026-06-10T19:00:00.000Z', '2026-06-11T06:00:00.000Z'],
    ['before midnight they end on the next day', '2026-06-10T21:30:00.000Z', '2026-06-11T06:00:00.000Z'],
    ['after midnight they end on the same day', '2026-06-10T23:30:00.250Z', '2026-06-11T06:00:00.000Z'],
    ['their end does not belong to them', '2026-06-11T06:00:00.000Z', null],
  ])('in Rome in summer: %s', (_title, now, expected) => {
    expect(until(NIGHT, 'Europe/Rome', now)).toBe(expected);
  });

  test('a window within one day ends on that day', () => {
    const siesta = { from: '13:00', to: '16:00', timezone: 'Europe/Rome' };
    expect(until(siesta, null, '2026-01-10T12:30:00.000Z')).toBe('2026-01-10T15:00:00.000Z');
    expect(until(siesta, null, '2026-01-10T15:00:00.000Z')).toBeNull();
    expect(until(siesta, null, '2026-01-10T05:00:00.000Z')).toBeNull();
  });

  test('a zone of the flow stands before the zone of the recipient', () => {
    const tokyo = { ...NIGHT, timezone: 'Asia/Tokyo' };
    expect(until(tokyo, 'Europe/Rome', '2026-06-10T12:30:00.000Z')).toBe('2026-06-10T23:00:00.000Z');
  });

  test('a night on which summer time begins is an hour shorter', () => {
    expect(until(NIGHT, 'Europe/Rome', '2026-03-28T22:00:00.000Z')).toBe('2026-03-29T06:00:00.000Z');
  });

  test('a night on which summer time ends is an hour longer', () => {
    expect(until(NIGHT, 'Europe/Rome', '2026-10-24T22:00:00.000Z')).toBe('2026-10-25T07:00:00.000Z');
  });

  test('an end that the clock skips is the moment of the skip', () => {
    const quiet = { from: '22:00', to: '02:30', timezone: 'Europe/Rome' };
    expect(until(quiet, null, '2026-03-28T23:00:00.000Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(until(quiet, null, '2026-03-29T01:00:00.000Z')).toBeNull();
  });

  test('an end that comes twice is the first of them', () => {
    const quiet = { from: '22:00', to: '02:30', timezone: 'Europe/Rome' };
    expect(until(quiet, null, '2026-10-24T23:00:00.000Z')).toBe('2026-10-25T00:30:00.000Z');
  });

  test('an end after the repeated hour is found from before it', () => {
    const quiet = { from: '22:00', to: '03:00', timezone: 'Europe/Rome' };
    expect(until(quiet, null, '2026-10-25T00:30:00.000Z')).toBe('2026-10-25T02:00:00.000Z');
  });

  test('a zone half an hour off the others is right', () => {
    expect(until(NIGHT, 'Asia/Kolkata', '2026-06-10T15:30:00.000Z')).toBe('2026-06-11T02:30:00.000Z');
  });

  test.each([null, 'Mars/Olympus'])('the zone %s counts as UTC', (zone) => {
    expect(until(NIGHT, zone, '2026-06-10T21:00:00.000Z')).toBe('2026-06-11T08:00:00.000Z');
    expect(until(NIGHT, zone, '2026-06-10T20:59:00.000Z')).toBeNull();
  });

  test('a window that ends when it begins holds nothing back', () => {
    expect(until({ from: '08:00', to: '08:00', timezone: 'UTC' }, null, '2026-06-10T08:00:00.000Z')).toBeNull();
  });

  test('what it answers is never inside the window, in any hour of a year with both changes', () => {
    for (let hour = 0; hour < 366 * 24; hour += 5) {
      const now = Date.UTC(2026, 0, 1) + hour * 3_600_000;
      const end = quietUntil(NIGHT, 'America/New_York', now);
      if (end === null) continue;
      expect(end).toBeGreaterThan(now);
      expect(end - now).toBeLessThanOrEqual(12 * 3_600_000);
      expect(quietUntil(NIGHT, 'America/New_York', end)).toBeNull();
    }
  });

  test('only names of the time zone database are zones', () => {
    expect(isTimezone('Europe/Rome')).toBe(true);
    expect(isTimezone('Mars/Olympus')).toBe(false);
    expect(isTimezone('')).toBe(false);
  });
});
