import type { Subscription } from '../../log/contract';

/**
 * A consumer that begins as soon as it may, while nobody waits for it: after a crash its group gives the member that is
 * gone some seconds to come back. One that has not begun by the stop ends with its log.
 */
export function soon(
  beginning: Promise<Subscription>,
  onFault: (message: string, error: unknown) => void,
): Subscription {
  let standing: Subscription | null = null;
  beginning.then(
    (subscription) => {
      standing = subscription;
    },
    (error) => onFault('a consumer could not begin', error),
  );
  return {
    async stop() {
      await standing?.stop();
    },
  };
}
