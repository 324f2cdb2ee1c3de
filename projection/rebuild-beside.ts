import { setTimeout as pause } from 'node:timers/promises';
import type { EventKeeper, ViewGenerations, ViewWriter } from '../store/contract';
import { foldKept } from './kept-events';
import type { Projector } from './project';

/** Readers look up which generation is live once a second; one that has just done so may be in the middle of a list. */
const READERS_LEAVE_MS = 5_000;

export interface RebuildDeps {
  events: Pick<EventKeeper, 'ends' | 'read'>;
  generations: ViewGenerations;
  projectorOn(views: ViewWriter): Projector;
  /** Told after each partition. */
  onProgress?(partition: number, events: number): void;
  readersLeaveMs?: number;
}

/**
 * Builds the read models anew from the events that are kept, beside the live ones, and then shows them in their place.
 * The projection may go on all the while. Broken off, it leaves the live ones as they were.
 * @returns false where another rebuild was shown meanwhile: this one's work is dropped
 */
export async function rebuildBeside(deps: RebuildDeps): Promise<boolean> {
  const { events, generations, projectorOn, onProgress, readersLeaveMs = READERS_LEAVE_MS } = deps;
  const before = await generations.live();
  const next = await generations.begin();
  const views = generations.writer(next);
  const projector = projectorOn(views);
  const foldTo = async (ends: ReadonlyMap<number, number>) => {
    for (const [partition, end] of ends) {
      const folded = await foldKept({ events, views, projector }, partition, end);
      onProgress?.(partition, folded);
    }
  };
  await foldTo(await events.ends());
  // What came meanwhile: little is left for after the switch.
  await foldTo(await events.ends());
  if (!(await generations.show(next, before))) {
    await generations.drop((generation) => generation === next);
    return false;
  }
  // The rest was folded into the old generation alone. A projection that goes on brings it over by itself, with the next
  // record of its partition; what nobody has brought over by then is done here. Not at once, beside it: FerretDB may
  // lose one of two updates of a document that are made at the same time.
  const ends = await events.ends();
  await pause(readersLeaveMs);
  await foldTo(ends);
  await generations.drop((generation) => generation < next);
  return true;
}
