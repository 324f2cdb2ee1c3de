import type { LogRecord } from '../../log/contract';
import { createProjector, type Projector, type ProjectorDeps } from '../../projection/project';
import { createKeptProjector } from '../../projection/project-kept';
import { rebuildBeside } from '../../projection/rebuild-beside';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { ViewWriter } from '../../store/contract';
import { createLadderSource } from '../../store/ladders';
import type { MongoLink } from '../../store/mongo/connect';
import { createMongoEvents } from '../../store/mongo/events';
import { createMongoFlows } from '../../store/mongo/flows';
import { createMongoGenerations } from '../../store/mongo/generations';
import { createMongoRecords } from '../../store/mongo/records';
import { markViewEdition, viewEdition } from '../../store/mongo/view-edition';
import { createSeal } from '../../store/seal';

export interface MongoProjectionOptions {
  mongo: MongoLink;
  secret: string;
  report(record: LogRecord, cause: Error): void;
  onFolded?: ProjectorDeps['onFolded'];
}

export interface MongoProjection extends Projector {
  /** Of the last record that is folded into the live read models; null before the first. */
  position(partition: number): Promise<number | null>;
}

/** Keeps the events in MongoDB and folds them into the read models there. */
export function openMongoProjection(options: MongoProjectionOptions): MongoProjection {
  const { events, generations, projectorOn } = piecesOf(options);
  return {
    ...createKeptProjector({ events, generations, projectorOn }),
    async position(partition) {
      return generations.writer(await generations.live()).position(partition);
    },
  };
}

/**
 * The read models anew from the events that are kept, beside the live ones, then in their place. The projection may run.
 * @returns false where another rebuild was done meanwhile
 */
export function rebuildMongoViews(
  options: MongoProjectionOptions,
  onProgress: (partition: number, events: number) => void,
): Promise<boolean> {
  return rebuildBeside({ ...piecesOf(options), onProgress });
}

/**
 * Read models of an Onward that counted otherwise are built anew, once, where all that they were made from is there.
 * Beside the projection, which goes on; broken off, it is done at the next start. Where several processes do it at once,
 * one's work is shown.
 */
export async function renewMongoViews(options: MongoProjectionOptions & { readersLeaveMs?: number }): Promise<void> {
  const { db } = options.mongo;
  if ((await viewEdition(db)) !== 'outdated') return;
  const { readersLeaveMs } = options;
  await rebuildBeside({ ...piecesOf(options), ...(readersLeaveMs !== undefined && { readersLeaveMs }) });
  await markViewEdition(db);
}

function piecesOf({ mongo: { db }, secret, report, onFolded }: MongoProjectionOptions) {
  const seal = createSeal(secret);
  const ladders = createLadderSource(createMongoFlows(db), PROVIDER_CATALOG);
  const { records } = createMongoRecords(db, seal);
  return {
    events: createMongoEvents(db),
    generations: createMongoGenerations(db),
    projectorOn: (views: ViewWriter) => createProjector({ views, records, ladders, hash: seal.hash, report, onFolded }),
  };
}
