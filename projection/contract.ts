/** The projection, step by step, on connections of its own. */
export interface ProjectionSteps {
  /** Folds the next batch in; false when there was nothing new. */
  step(): Promise<boolean>;
  /** Moves the journal's write-ahead log on, where that is worth it. */
  checkpoint(): void;
  close(): Promise<void>;
}

/** How far the log is, and how far the read model. */
export interface CatchUp {
  /** Position of the newest record of `onward.events` by partition. */
  ends(): Promise<ReadonlyMap<number, number>>;
  /** Null before the first. */
  foldedTo(partition: number): Promise<number | null>;
}
