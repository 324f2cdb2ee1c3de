import type { Contribution, ViewBatch, ViewWriter } from '../../store/contract';

/** The process “dies” at this: nobody knows what it had written. */
export class Died extends Error {}

/** A writer that now and then dies before a batch, in the middle of it, or after it and before it can say so. */
export function failingViews(views: ViewWriter, next: () => number, share: number): ViewWriter {
  return {
    ...views,
    async write(batch) {
      const luck = next() / share;
      if (luck < 1 / 3) throw new Died();
      if (luck < 2 / 3) return views.write(diesWithin(batch, next));
      await views.write(batch);
      if (luck < 1) throw new Died();
    },
  };
}

/** A batch in which the contributions end in a fault, wherever the writer has got to by then. */
function diesWithin(batch: ViewBatch, next: () => number): ViewBatch {
  const at = Math.floor(next() * batch.contributions.length);
  const contributions = batch.contributions.map((one, n): Contribution => {
    if (n !== at) return one;
    return {
      ...one,
      get counts(): Contribution['counts'] {
        throw new Died();
      },
    };
  });
  return { ...batch, contributions };
}
