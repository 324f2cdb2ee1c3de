/** What the projection's thread is started with. */
export interface ThreadData {
  dataFolder: string;
  secret: string;
  engine: 'embedded' | 'temporal';
}

/**
 * `wake`: somebody waits for what is in the log now. `stop`: finish the batch in hand, close the files, leave. `metrics`:
 * say what was counted.
 */
export type ToThread = 'wake' | 'stop' | 'metrics';

export type FromThread = ThreadFault | { metrics: string };

/** What went wrong in the thread, for the process's own log; never a record's content. */
export interface ThreadFault {
  message: string;
  cause: { name: string; message: string };
}
