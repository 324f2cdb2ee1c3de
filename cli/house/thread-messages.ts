/** What the events thread is started with. */
export interface ThreadData {
  dataFolder: string;
  secret: string;
  engine: 'embedded' | 'temporal';
  callbacks: ThreadCallbacks;
}

export interface ThreadCallbacks {
  version: string;
  /** As ONWARD_CALLBACK_ALLOW has it. */
  allow: string;
}

/**
 * `wake`: somebody waits for what is in the log now. `deliver`: a callback is due that was not before. `metrics`: answer
 * with what you count. `stop`: finish what is in hand, close the files, leave.
 */
export type ToThread = 'wake' | 'deliver' | 'metrics' | 'stop';

export type FromThread =
  /** What went wrong in the thread, for the process's own log; never a record's content. */
  | { kind: 'fault'; message: string; cause: { name: string; message: string } }
  | { kind: 'warning'; message: string; fields: Record<string, string> }
  /** Once a second, where it has changed. */
  | { kind: 'followed'; callbacks: number; lagSeconds: number }
  /** Prometheus text. */
  | { kind: 'metrics'; text: string };
