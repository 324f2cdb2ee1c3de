import type { EventKeeper, ViewWriter } from '../store/contract';
import type { Projector } from './project';

const PORTION_EVENTS = 2_000;

/**
 * Folds what is kept of a partition beyond where the read model is, in order, up to and with position `to`. Where
 * somebody else folds it too, both come to the same.
 * @returns how many events were folded in
 */
export async function foldKept(
  { events, views, projector }: { events: Pick<EventKeeper, 'read'>; views: ViewWriter; projector: Projector },
  partition: number,
  to: number,
): Promise<number> {
  let folded = 0;
  let position = await views.position(partition);
  while (position === null || position < to) {
    const records = await events.read(partition, position, PORTION_EVENTS);
    const wanted = records.filter((record) => record.position <= to);
    const last = wanted[wanted.length - 1];
    if (!last) break;
    folded += await projector.project(wanted);
    position = last.position;
  }
  return folded;
}
