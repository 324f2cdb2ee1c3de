/** The projection, step by step, on connections of its own. */
export interface ProjectionSteps {
  /** Folds the next batch in; false when there was nothing new. */
  step(): Promise<boolean>;
  /** Moves the journal's write-ahead log on, where that is worth it. */
  checkpoint(): void;
  close(): Promise<void>;
}
