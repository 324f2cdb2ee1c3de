import type { EventKeeper, ViewGenerations, ViewWriter } from '../store/contract';
import { foldKept } from './kept-events';
import type { Projector } from './project';

export interface KeptProjectorDeps {
  events: Pick<EventKeeper, 'keep' | 'read'>;
  generations: Pick<ViewGenerations, 'live' | 'writer'>;
  projectorOn(views: ViewWriter): Projector;
}

interface Folding {
  generation: number;
  views: ViewWriter;
  projector: Projector;
  /** Partitions of which this generation has all that came before what we were given. */
  caughtUp: Set<number>;
}

/**
 * A projector for a store that keeps the events itself: they are kept first, then folded into the generation that is
 * live. A rebuild may put another in its place at any time: so the batch is folded in again where that happened
 * meanwhile, and in a generation that is new to us, or a partition that is, what was kept before the batch goes first.
 */
export function createKeptProjector({ events, generations, projectorOn }: KeptProjectorDeps): Projector {
  let folding: Folding | null = null;

  function foldingInto(generation: number): Folding {
    if (folding?.generation === generation) return folding;
    const views = generations.writer(generation);
    folding = { generation, views, projector: projectorOn(views), caughtUp: new Set() };
    return folding;
  }

  return {
    async project(records) {
      const [first] = records;
      if (!first) return 0;
      await events.keep(records);
      let generation = await generations.live();
      for (;;) {
        const { views, projector, caughtUp } = foldingInto(generation);
        const { partition } = first;
        if (!caughtUp.has(partition)) {
          await foldKept({ events, views, projector }, partition, first.position - 1);
          caughtUp.add(partition);
        }
        const folded = await projector.project(records);
        const now = await generations.live();
        if (now === generation) return folded;
        generation = now;
      }
    },
  };
}
