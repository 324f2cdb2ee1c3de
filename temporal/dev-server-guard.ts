import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Sees to it that the child is ended even when this process is killed: a shell waits for our end of its pipe to close,
 * which the system does, and then ends the child, a frozen one too. Does nothing on Windows, which has no such shell.
 */
export function endWithUs(child: ChildProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) return;
  const script = 'read -r _; kill -TERM "$0"; kill -CONT "$0"';
  // In a group of its own: a Ctrl-C on the terminal is not for the guard.
  const guard = spawn('/bin/sh', ['-c', script, String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without it the child still runs; it is only not guarded.
  guard.once('error', () => {});
  // Before the system may give the child's number to another process.
  child.once('exit', () => guard.kill('SIGKILL'));
  guard.unref();
}
