import { DefaultLogger, Runtime } from '@temporalio/worker';

/**
 * Temporal's SDK in this process without its lines: a turn that is lost, or a history that does not fit, is what some
 * tests are about. To be called before anything else of the SDK, once in a test file.
 */
export function quietTemporal(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
  });
}
