import type { Sentence } from '../sentence';
import type { Played } from './compare';
import { DONORS_MIN } from './pools';
import type { Sample } from './sample';
import { tell } from './tell';
import { cannotTell } from './words';

/** `measured`: of the runs that change, few rest on what others did; `too_few`: the data cannot tell. */
export type Confidence = 'measured' | 'estimated' | 'too_few';

/** So small a share of runs that nothing tells of is played as never heard of, and makes no difference. */
const UNTOLD_SHARE_MOST = 0.01;
/** Of the runs that change, so many may rest on draws for an effect to count as measured. */
const DRAWN_SHARE_MOST = 0.05;

export function confidenceOf({ before, untold, estimated, changed }: Played): Confidence {
  if (before.length < DONORS_MIN || untold.length > UNTOLD_SHARE_MOST * before.length) return 'too_few';
  return estimated <= DRAWN_SHARE_MOST * changed ? 'measured' : 'estimated';
}

/** Why the data cannot tell, by what is missing most often. */
export function untoldIn({ untold, before }: Played, { ladder, pools }: Sample): Sentence {
  const counts = new Map<string, number>();
  for (const { step, cause } of untold) counts.set(`${cause} ${step}`, (counts.get(`${cause} ${step}`) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  const first = untold.find(({ step, cause }) => `${cause} ${step}` === most?.[0]);
  if (!first) return tell('why.few_runs', { runs: before.length, needed: DONORS_MIN });
  const sent = pools[ladder.indexByName.get(first.step) ?? -1]?.sent.length ?? 0;
  return cannotTell(first, sent, before.length);
}
