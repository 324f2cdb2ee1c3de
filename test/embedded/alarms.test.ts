import fc from 'fast-check';
import { Alarms, type Sleeper } from '../../embedded/alarms';

interface Named extends Sleeper {
  name: number;
}

function sleeper(name: number): Named {
  return { name, wakeAt: null, alarmSlot: -1 };
}

test('whatever is set, moved and taken out, the earliest alarm is always the next', () => {
  const change = fc.record({ who: fc.nat(19), at: fc.option(fc.nat(1000), { nil: null }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const alarms = new Alarms<Named>();
      const all = Array.from({ length: 20 }, (_, name) => sleeper(name));
      for (const { who, at } of changes) {
        alarms.set(all[who] as Named, at);
        const times = all.flatMap((one) => (one.wakeAt === null ? [] : [one.wakeAt]));
        expect(alarms.earliest()?.wakeAt ?? null).toBe(times.length === 0 ? null : Math.min(...times));
        expect(alarms.size).toBe(times.length);
      }
    }),
  );
});

test('alarms ring in the order of their times', () => {
  const alarms = new Alarms<Named>();
  for (const at of [50, 10, 40, 20, 30]) alarms.set(sleeper(at), at);
  const rung: number[] = [];
  for (let next = alarms.earliest(); next; next = alarms.earliest()) {
    rung.push(next.name);
    alarms.set(next, null);
  }
  expect(rung).toEqual([10, 20, 30, 40, 50]);
});
