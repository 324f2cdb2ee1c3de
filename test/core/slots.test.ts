import { addDays, dateIn, dayBegins } from '../../core/local-days';
import { slotFrom, slotOf } from '../../core/slots';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DECADE = { from: '2020-01-01', to: '2030-01-01' } as const;
const ZONES = Intl.supportedValuesOf('timeZone');

/** Minutes that the zone's clock is ahead of UTC. */
function clockOf(timeZone: string): (at: number) => number {
  const two = '2-digit' as const;
  const format = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone, year: 'numeric', month: two, day: two, hour: two, minute: two },
  });
  return (at) => (Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - at) / MINUTE_MS;
}

/** The dates about which the zone's clock changes, and one of each time between them. */
function tellingDates(zone: string): string[] {
  const offset = clockOf(zone);
  const dates: string[] = [DECADE.from];
  let before = offset(Date.parse(DECADE.from));
  for (let date: string = DECADE.from; date < DECADE.to; date = addDays(date, 7)) {
    const now = offset(Date.parse(date));
    if (now !== before) for (let n = -8; n <= 1; n++) dates.push(addDays(date, n));
    before = now;
  }
  return dates;
}

describe('the slots that are counted by', () => {
  test('begin wherever a local day begins, in every zone of the IANA database and this decade', () => {
    expect(ZONES.length).toBeGreaterThan(400);
    const missing = new Set<string>();
    const needed = new Set<number>();
    for (const zone of ZONES) {
      for (const date of tellingDates(zone)) {
        const begins = dayBegins(zone, date);
        needed.add(begins % DAY_MS);
        if (slotOf(begins) !== begins) missing.add(`${new Date(begins).toISOString().slice(11, 16)} ${zone}`);
      }
    }
    expect([...missing]).toEqual([]);
    // Nor is the table longer than it has to be.
    const cuts = [...Array(96)].map((_, quarter) => quarter * 15 * MINUTE_MS).filter((at) => slotOf(at) === at);
    expect(cuts.filter((at) => at % (60 * MINUTE_MS) !== 0 && !needed.has(at))).toEqual([]);
  });

  test('are never longer than an hour and never pass over one', () => {
    const day = Date.parse('2026-03-29T00:00:00Z');
    for (let at = day; at < day + DAY_MS; at += MINUTE_MS) {
      const slot = slotOf(at);
      expect(slot <= at && at - slot < 60 * MINUTE_MS && slotOf(slot) === slot).toBe(true);
      expect(Math.floor(slot / 3_600_000)).toBe(Math.floor(at / 3_600_000));
      const next = slotFrom(at);
      expect(next >= at && next - at < 60 * MINUTE_MS && slotOf(next) === next).toBe(true);
    }
    expect(slotOf(-1)).toBe(-60 * MINUTE_MS);
    expect(slotFrom(day)).toBe(day);
  });
});

describe('a local day', () => {
  const iso = (zone: string, date: string) => new Date(dayBegins(zone, date)).toISOString();

  test('begins at the zone’s midnight, in summer and in winter', () => {
    expect(iso('Europe/Rome', '2026-03-29')).toBe('2026-03-28T23:00:00.000Z');
    expect(iso('Europe/Rome', '2026-03-30')).toBe('2026-03-29T22:00:00.000Z');
    expect(iso('Europe/Rome', '2026-10-25')).toBe('2026-10-24T22:00:00.000Z');
    expect(iso('Europe/Rome', '2026-10-26')).toBe('2026-10-25T23:00:00.000Z');
    expect(iso('Asia/Kolkata', '2026-05-01')).toBe('2026-04-30T18:30:00.000Z');
    expect(iso('Asia/Kathmandu', '2026-05-01')).toBe('2026-04-30T18:15:00.000Z');
    expect(iso('Pacific/Kiritimati', '2026-05-01')).toBe('2026-04-30T10:00:00.000Z');
    expect(iso('UTC', '2026-05-01')).toBe('2026-05-01T00:00:00.000Z');
  });

  test('whose midnight the clock skips begins when it has been skipped', () => {
    // Cairo, 24 April 2026: from 00:00 to 01:00.
    const begins = dayBegins('Africa/Cairo', '2026-04-24');
    expect(new Date(begins).toISOString()).toBe('2026-04-23T22:00:00.000Z');
    expect(dateIn('Africa/Cairo', begins)).toBe('2026-04-24');
    expect(dateIn('Africa/Cairo', begins - 1)).toBe('2026-04-23');
  });
});
