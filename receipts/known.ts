import type { CatchUp } from '../projection/contract';

export interface Known {
  /**
   * Until when what happened is known to the read models, in milliseconds since 1970: a message or a run that they have
   * not by then is not merely late.
   */
  until(): Promise<number>;
}

/** The ends of the log are looked at, and once the read models have come to them what stood there then is known. */
export function createKnown({ ends, foldedTo, clock }: CatchUp & { clock(): number }): Known {
  let until = 0;
  let goals: { at: number; ends: ReadonlyMap<number, number> } | null = null;
  return {
    async until() {
      goals ??= { at: clock(), ends: await ends() };
      for (const [partition, end] of goals.ends) if (((await foldedTo(partition)) ?? -1) < end) return until;
      until = goals.at;
      goals = null;
      return until;
    },
  };
}
