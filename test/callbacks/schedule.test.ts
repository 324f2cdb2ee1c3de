import { DELAYS_MS, nextAttemptAt, retryAfterMs } from '../../callbacks/schedule';

const middle = { retryAfterMs: null, random: 0.5 };

test('attempts are made at 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h after the one before', () => {
  expect(DELAYS_MS.map((ms) => ms / 1000)).toEqual([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  for (let made = 1; made < DELAYS_MS.length; made++) {
    expect(nextAttemptAt(made, 1_000, middle)).toBe(1_000 + Number(DELAYS_MS[made]));
  }
  expect(nextAttemptAt(DELAYS_MS.length, 1_000, middle)).toBeNull();
});

test('each delay is up to a tenth shorter or longer, so that what failed together does not come together', () => {
  expect(nextAttemptAt(1, 0, { retryAfterMs: null, random: 0 })).toBe(4_500);
  expect(nextAttemptAt(1, 0, { retryAfterMs: null, random: 0.999_999 })).toBe(5_500);
});

test('Retry-After counts where it is later than the schedule, and for 24 h at most', () => {
  expect(nextAttemptAt(1, 0, { ...middle, retryAfterMs: 60_000 })).toBe(60_000);
  expect(nextAttemptAt(2, 0, { ...middle, retryAfterMs: 60_000 })).toBe(300_000);
  expect(nextAttemptAt(1, 0, { ...middle, retryAfterMs: 7 * 86_400_000 })).toBe(86_400_000);
});

test('Retry-After is seconds or an HTTP date, and anything else is nothing', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Sat, 21 Nov 2026 10:01:00 GMT', now)).toBe(60_000);
  expect(retryAfterMs('Sat, 21 Nov 2026 09:59:00 GMT', now)).toBe(0);
  for (const text of ['-1', '1.5', 'soon', '', '2027-01-01', undefined]) expect(retryAfterMs(text, now)).toBeNull();
});
