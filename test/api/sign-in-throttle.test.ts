import { createThrottle, type Throttle } from '../../api/sign-in-throttle';

const QUARTER_SECONDS = 900;
const ANN = 'ann@example.com';

let at = 0;
let throttle: Throttle;
beforeEach(() => {
  at = 0;
  throttle = createThrottle(() => at);
});

const waits = (account: string, client: string) => throttle.attempt({ account, client }).waitSeconds;

it('nobody keeps anybody else out: who failed ten times is refused, and another client is not', () => {
  for (let n = 0; n < 10; n++) expect(waits(ANN, 'attacker')).toBeNull();
  expect(waits(ANN, 'attacker')).toBe(QUARTER_SECONDS);
  expect(waits('bea@example.com', 'attacker')).toBe(QUARTER_SECONDS);
  expect(waits(ANN, 'her own')).toBeNull();
});

it('of one address a hundred are let in, from however many clients, until the first is a quarter of an hour ago', () => {
  for (let n = 0; n < 100; n++) expect(waits(n % 2 ? ANN : ' ANN@example.com', `client ${n}`)).toBeNull();
  at += 60_000;
  expect(waits(ANN, 'one more')).toBe(QUARTER_SECONDS - 60);
  expect(waits('bea@example.com', 'one more')).toBeNull();
  at = QUARTER_SECONDS * 1000;
  expect(waits(ANN, 'one more')).toBeNull();
});

it('what was right, or our own fault, counts for nothing', () => {
  for (let n = 0; n < 30; n++) {
    const attempt = throttle.attempt({ account: ANN, client: 'her own' });
    if (attempt.waitSeconds !== null) throw new Error(`refused at attempt ${n}`);
    if (n % 2) attempt.succeeded();
    else attempt.takeBack();
  }
  expect(waits(ANN, 'her own')).toBeNull();
});
